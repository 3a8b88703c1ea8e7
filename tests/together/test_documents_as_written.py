"""Every command in the README and in docs/ is run as it is written, and answers as the document says."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from document_commands import documents
from document_runs import BlockRun, Call, run_document
from shown_answers import differences

from service.facade.app import openapi_document

# The demo is started once, for the first test that wants it: all of them belong into one process.
pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("demo")]
METHODS = {"get", "put", "post", "patch", "delete"}
Runs = Callable[[str], list[BlockRun]]


@pytest.fixture(scope="module")
def runs(demo, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Runs a document when it is first asked for: what it makes can be made once only."""

    @cache
    def of(document: str) -> list[BlockRun]:
        return run_document(document, demo.now.environment, tmp_path_factory.mktemp(Path(document).stem) / "run")

    return of


@pytest.mark.parametrize("document", documents())
def test_every_command_of_a_document_does_what_the_document_says(runs: Runs, document: str):
    for run in runs(document):
        at = f"{document}:{run.block.line}"
        assert run.ended, f"{at} stops halfway:\n{run.printed}"
        assert run.surprises == run.block.announced, f"{at} is answered otherwise:\n{run.printed}"
        assert not differences(run), f"{at} shows another answer:\n{run.printed}"


def test_every_operation_has_a_command_in_some_document(runs: Runs):
    made = [call for document in documents() for run in runs(document) for call in run.calls]
    paths = openapi_document()["paths"]
    operations = {(method.upper(), path) for path, item in paths.items() for method in item.keys() & METHODS}
    assert {one for one in operations if not any(_is_for(call, *one) for call in made)} == set()


def _is_for(call: Call, method: str, path: str) -> bool:
    return call.method == method and re.fullmatch(re.sub(r"{[^}]+}", "[^/]+", path), call.path) is not None
