"""What `lookout demo` shows, and every command in the README and in docs/, run as it is written while the demo runs.

They are in one file because they share one demo: a file is what stays in one process.
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from document_commands import documents
from document_runs import BlockRun, Call, run_document
from shown_answers import differences

from service.facade.app import openapi_document

pytestmark = pytest.mark.timeout(600)  # the demo is started for the first test that wants it
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


def test_the_demo_shows_the_fault(demo):
    assert len(_anomalies(demo.first)) > 8
    assert any("<- the fault begins" in line for line in demo.first.lines)
    [summary] = [line for line in demo.first.lines if "of the fault's 36 windows are anomalous" in line]
    assert int(summary.split()[0]) >= 30  # each day has other readings; days that stay are tested elsewhere
    assert float(summary.partition("; ")[2].partition("%")[0]) >= 95


def test_the_demo_serves_what_it_shows(demo):
    executions = demo.now.get("/v1/schedulers/demo-pump/executions?status=SUCCESS&limit=100")["executions"]
    assert len(executions) == 100
    table = _anomalies(demo.first)
    amid_the_fault = table[len(table) // 2][:16].replace(" ", "T") + ":00Z"
    asked = f"/v1/schedulers/demo-pump/predictions?start_time={amid_the_fault}&contributors=3&limit=1"
    [prediction] = demo.now.get(asked)["predictions"]
    assert prediction["anomaly_score"] > 0.5
    shares = [part["value"] for part in prediction["diagnostics"]]
    assert shares == sorted(shares, reverse=True)
    assert len(shares) == 3


def test_a_demo_that_was_killed_leaves_no_process_and_is_found_again(demo):
    """Ctrl-C ends the one that found it: see the fixture."""
    assert demo.processes > 9
    assert demo.restart_seconds < 60
    assert any("Found the demo of" in line for line in demo.now.lines)
    assert _anomalies(demo.now) == _anomalies(demo.first)


def _anomalies(lookout) -> list[str]:
    return [line for line in lookout.lines if " ANOMALY " in line]
