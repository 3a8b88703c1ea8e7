"""Migrations run before the new code is there, so the old code has to get on with what they leave.

What is taken away comes a release later (expand, deploy, contract): such a revision says `CONTRACTS = "…"`, naming what
no release uses any more. Checked on real tables, one revision after the other, from the last release's on.
"""

from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

import psycopg
import pytest
from sqlalchemy import create_engine, inspect, make_url

from service.embedded.postgres import make_database
from service.migrate import MIGRATIONS, MigrationError, migrate_house
from service.revisions import known_revisions

RELEASED = {"engine": "0001", "facade": "0011"}  # the heads of the release before; change them with a release
STEPS = [
    (house, before, after)
    for house, released in RELEASED.items()
    for before, after in zip(known_revisions(house), known_revisions(house)[1:], strict=False)
    if before >= released
]


@dataclass(frozen=True)
class Column:
    kind: str
    must_be_given: bool
    """An insert that does not name it is refused."""


def columns_of(url: str) -> dict[str, Column]:
    """Every column of a database, by table and name."""
    database = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    seen = inspect(database)
    found = {
        f"{table}.{column['name']}": Column(str(column["type"]), _must_be_given(column))
        for table in seen.get_table_names()
        for column in seen.get_columns(table)
    }
    database.dispose()
    return found


def _must_be_given(column: dict) -> bool:
    return not (column["nullable"] or column["default"] is not None or column.get("identity"))


def breaks(before: dict[str, Column], after: dict[str, Column]) -> list[str]:
    """What code that knows the columns before cannot do any more."""
    tables = {name.partition(".")[0] for name in before}
    gone = [f"{name} is gone" for name in before if name not in after]
    other = [f"{name} is of another type" for name in before if name in after and before[name].kind != after[name].kind]
    demanded = [
        f"{name} has to be given now"
        for name, column in after.items()
        if column.must_be_given
        and name.partition(".")[0] in tables
        and not (name in before and before[name].must_be_given)
    ]
    return gone + other + demanded


def module_of(house: str, revision: str) -> ModuleType:
    [path] = (MIGRATIONS / house / "versions").glob(f"{revision}_*.py")
    spec = spec_from_file_location(f"migration_{house}_{revision}", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def states(postgres_sockets) -> dict[tuple[str, str], dict[str, Column]]:
    """The columns at every revision since the last release."""
    found = {}
    for house, released in RELEASED.items():
        url = make_database(postgres_sockets, f"order_{house}")
        for revision in [one for one in known_revisions(house) if one >= released]:
            migrate_house(house, url, revision)
            found[house, revision] = columns_of(url)
    return found


@pytest.mark.parametrize(("house", "before", "after"), STEPS)
def test_the_code_of_the_release_before_gets_on_with_every_new_revision(states, house, before, after):
    if not hasattr(module_of(house, after), "CONTRACTS"):
        assert breaks(states[house, before], states[house, after]) == []


def test_what_old_code_cannot_do_is_found():
    before = {"t.a": Column("TEXT", False), "t.b": Column("TEXT", False)}
    after = {"t.a": Column("INTEGER", False), "t.c": Column("TEXT", True), "new.d": Column("TEXT", True)}
    assert breaks(before, after) == ["t.b is gone", "t.a is of another type", "t.c has to be given now"]


def test_a_table_that_is_kept_busy_stops_a_migration_and_not_the_service(postgres_sockets, monkeypatch):
    monkeypatch.setattr("service.migrate.LOCK_TIMEOUT", "200ms")
    url = make_database(postgres_sockets, "order_of_locks")
    migrate_house("facade", url, "0017")
    with psycopg.connect(url) as busy:
        busy.execute("SELECT count(*) FROM uploads")
        with pytest.raises(MigrationError, match="nothing was changed, so run it again"):
            migrate_house("facade", url, "0018")
    migrate_house("facade", url, "0018")
