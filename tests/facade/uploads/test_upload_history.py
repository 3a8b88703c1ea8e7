"""Uploads that were recorded before there were formats, mappings and dry runs are still told."""

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, make_url, text

from service.facade.store import uploads
from service.migrate import MIGRATIONS

OLD = text("""
    INSERT INTO uploads (id, team, inference_scheduler_name, status, staging_key, staged_files, plan, files,
                         created_at, updated_at)
    VALUES ('old', 'default', 'pump', 'queued', 'uploads/old',
            '[{"name": "", "offset": 0, "size": 9, "component": null, "strict": false}]',
            '{"input": {"bucket": "b", "prefix": ""}, "naming": {"data_upload_frequency": "PT5M"}, "components": []}',
            '[{"name": "", "components": ["pump"], "rows": 2, "rows_without_values": 0, "duplicate_timestamps": 0,
               "first_timestamp": "2026-01-01T00:00:00+00:00", "last_timestamp": "2026-01-01T00:01:00+00:00",
               "input_files": 1}]', now(), now())
""")


@pytest.fixture
def database(fresh_facade_database_url: str) -> Iterator[Engine]:
    engine = create_engine(make_url(fresh_facade_database_url).set(drivername="postgresql+psycopg"))
    yield engine
    engine.dispose()


def test_an_upload_from_before_is_shown_and_worked_on(fresh_facade_database_url, database):
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS / "facade"))
    config.attributes["database_url"] = fresh_facade_database_url
    command.downgrade(config, "0009")
    with database.begin() as db:
        db.execute(OLD)
    command.upgrade(config, "head")
    with database.begin() as db:
        (report,) = uploads.find(db, "default", "old").files
        work = uploads.next_work(db, "pump")
    assert (report.rows, report.format, report.layout, report.findings) == (2, "csv", "wide", ())
    assert (work.staged_files[0].format, work.plan.rules.columns, work.dry_run) == ("csv", {}, False)
    command.downgrade(config, "0009")
    with database.begin() as db:
        assert "format" not in db.scalar(text("SELECT files FROM uploads"))[0]
