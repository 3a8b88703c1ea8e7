"""A database that goes away at the end of a transaction: nobody knows whether it was committed."""

from contextlib import contextmanager

import pytest

from service.facade.problems import DatabaseUnavailable
from service.facade.resources import Resources
from service.facade.usecases.upload_work import work_on_uploads
from service.facade.usecases.uploads import accept_upload, show_upload

TABLE = b"t,flow,pressure,speed\n2026-01-01T00:01:00,1,2,3\n"


@pytest.fixture
def losing(monkeypatch):
    """Loses the answer of the first commit that leaves messages behind."""
    really_begin = Resources.begin

    @contextmanager
    def begin(self):
        with really_begin(self) as unit:
            yield unit
        monkeypatch.undo()
        raise DatabaseUnavailable("the answer of the commit was lost")

    monkeypatch.setattr(Resources, "begin", begin)


def test_an_upload_whose_commit_was_made_unseen_is_worked_on_all_the_same(resources, scheduler, input_files, losing):
    with pytest.raises(DatabaseUnavailable):
        accept_upload(resources, "default", scheduler, [("day.csv", [TABLE])], upload_id="a-token")
    again = accept_upload(resources, "default", scheduler, [("day.csv", [TABLE])], upload_id="a-token")
    work_on_uploads(resources, scheduler)
    assert again.id == "a-token"
    assert show_upload(resources, "default", "a-token").status == "succeeded"
    assert sorted(input_files()) == ["motor_20260101000000.csv", "pump_20260101000000.csv"]
