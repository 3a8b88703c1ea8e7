"""Keys at rest and in memory: their hash, their end, and how often PostgreSQL is asked after them."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from keyed import bearer, client_holding, new_key
from problem_checks import challenge_of, problem_of

from service.facade.domain.keys import digest_of, id_of, mint
from service.facade.store import keys, known_keys
from service.facade.store.database import Database, connect
from service.facade.store.known_keys import FRESH_SECONDS, TRUSTED_SECONDS
from service.facade.usecases.keys import list_keys, revoke_key

HERE = "/v1/schedulers"


@dataclass
class CountingDatabase:
    database: Database
    asked: int = 0

    def begin(self) -> AbstractContextManager:
        self.asked += 1
        return self.database.begin()


@pytest.fixture
def database_away() -> Iterator[Database]:
    """A PostgreSQL that nobody finds."""
    gone = connect("postgresql://lookout@/facade?host=/nowhere", connections=1)
    yield gone
    gone.close()


def test_only_a_hash_of_the_key_is_kept(resources):
    key = new_key(resources)
    with resources.database.begin() as db:
        rows = db.execute(keys.api_keys.select()).all()
    assert digest_of(key) in {row.digest for row in rows}
    assert not any(key in str(row) or key.rpartition("_")[2] in str(row) for row in rows)


def test_an_expired_key_opens_nothing(client_of, resources):
    client = client_holding(new_key(resources, lifetime=timedelta(seconds=60)), client_of().application)
    assert client.get(HERE).status_code == 200

    later = replace(resources, clock=lambda: datetime.now(UTC) + timedelta(seconds=61))
    client.application.extensions["lookout"] = later

    assert "is expired" in challenge_of(client.get(HERE))


def test_a_key_that_never_expires_opens_in_a_hundred_years(client_of, resources):
    client = client_holding(new_key(resources, lifetime=None), client_of().application)
    later = replace(resources, clock=lambda: datetime.now(UTC) + timedelta(days=36_500))
    client.application.extensions["lookout"] = later

    assert client.get(HERE).status_code == 200


def test_a_revocation_takes_effect_within_seconds(client_of, resources, passing):
    key = new_key(resources)
    client = client_holding(key, client_of().application)
    assert client.get(HERE).status_code == 200

    revoke_key(resources.database, id_of(key), "cli:tests", datetime.now(UTC))
    passing(FRESH_SECONDS)

    assert "is revoked" in challenge_of(client.get(HERE))
    assert not resources.known_keys.holds(digest_of(key))


def test_a_key_that_was_revoked_while_nobody_used_it_opens_nothing_even_for_many_at_once(resources, passing):
    """One caller asks PostgreSQL, and the others go on meanwhile: not with what was known long ago."""
    key = new_key(resources)
    passing(600)
    revoke_key(resources.database, id_of(key), "cli:tests", datetime.now(UTC))
    meanwhile = []

    class SlowDatabase:
        def begin(self):
            resources.known_keys.database = resources.database
            meanwhile.append(resources.known_keys.find(digest_of(key), datetime.now(UTC)))
            return resources.database.begin()

    resources.known_keys.database = SlowDatabase()
    resources.known_keys.find(digest_of(key), datetime.now(UTC))

    assert meanwhile[0].revoked_at is not None


def test_the_database_is_asked_once_in_seconds_and_not_at_each_request(client_of, resources, passing):
    client = client_of()
    database = resources.known_keys.database = CountingDatabase(resources.database)

    for _ in range(20):
        client.get(HERE)
    assert database.asked == 0
    passing(FRESH_SECONDS)
    for _ in range(20):
        client.get(HERE)
    assert database.asked == 1


def test_the_last_use_is_written_once_a_minute_at_most(resources, passing):
    key = new_key(resources)

    def used() -> datetime:
        [found] = [one for one in list_keys(resources.database, None) if one.id == id_of(key)]
        return found.last_used_at

    first = used()
    for seconds, newer in ((30, False), (61, True)):
        passing(FRESH_SECONDS)
        resources.known_keys.find(digest_of(key), first + timedelta(seconds=seconds))
        assert (used() > first) is newer


def test_while_the_database_is_away_known_keys_open_and_unknown_ones_are_a_503(
    client_of, resources, passing, database_away, nobody, name, upstream
):
    upstream.add_scheduler(name)
    client = client_of()
    assert client.get(f"{HERE}/{name}").status_code == 200
    resources.known_keys.database = database_away

    passing(TRUSTED_SECONDS - 10)
    assert client.get(f"{HERE}/{name}").status_code == 200
    problem_of(nobody.get(HERE, headers=bearer(mint())), 503, "database-unavailable")
    challenge_of(nobody.get(HERE, headers=bearer("lk_nonsense")))
    passing(20)
    problem_of(client.get(f"{HERE}/{name}"), 503, "database-unavailable")


def test_a_database_that_is_away_is_not_asked_at_each_request(resources, passing, database_away):
    digest = digest_of(new_key(resources))
    database = resources.known_keys.database = CountingDatabase(database_away)
    passing(60)
    for _ in range(5):
        assert resources.known_keys.find(digest, datetime.now(UTC)).team == "default"
    assert database.asked == 1


def test_wrong_keys_are_not_remembered_and_right_ones_within_a_bound(resources, nobody, monkeypatch):
    before = len(resources.known_keys.seen)
    for _ in range(5):
        nobody.get(HERE, headers=bearer(mint()))
    assert len(resources.known_keys.seen) == before

    monkeypatch.setattr(known_keys, "_MOST", 3)
    made = [digest_of(new_key(resources)) for _ in range(5)]
    assert [resources.known_keys.holds(digest) for digest in made] == [False, False, True, True, True]
