"""No room on the disk of a server: its files may not grow (RLIMIT_FSIZE), which needs no disk that is really full."""

from collections import deque

import psycopg
import pytest
from promises import promised
from psycopg import Connection
from support.chaos.rest import json_change
from watched_scheduler import refused

A_WAL_SEGMENT = 16 * 1024**2  # PostgreSQL's own log may grow so far, as it is written in files of this size
FILL = """INSERT INTO audit_log (at, team, actor, method, path, operation_id)
    SELECT now(), 'filler', 'filler', 'POST', repeat('x', %s), 'filler' FROM generate_series(1, %s)"""


@promised("K1")
def test_an_upload_is_refused_while_s3_has_no_room(stack, rest, watched):
    path = f"/v1/schedulers/{watched.name}/uploads"
    before = rest.get_json(path)["uploads"]
    stack["s3"].kill()
    stack["s3"].come_back(longest_file=10)

    refused(rest, watched.upload_change, 503, "storage-unavailable")
    assert rest.get_json(path)["uploads"] == before


@promised("K2")
def test_what_is_taken_while_redis_has_no_room_is_done_and_the_rest_is_refused(stack, traffic, own):
    stack["redis"].kill()
    stack["redis"].come_back(longest_file=10)
    answers = [traffic.rest.send(json_change("POST", f"/v1/schedulers/{own}/stop")) for _ in range(3)]
    assert {(answer.status, answer.slug) for answer in answers} <= {(202, ""), (503, "queue-unavailable")}
    assert traffic.rest.get("/v1/models").status == 200
    stack.mend()

    for answer in answers:
        assert answer.status == 503 or traffic.see_off("operations", answer.json)["status"] == "succeeded"


@promised("K3")
def test_writes_are_refused_and_reads_answered_while_the_database_has_no_room(stack, rest, watched):
    stack["database"].kill()
    stack["database"].come_back(longest_file=A_WAL_SEGMENT)
    with psycopg.connect(stack.straight.facade_database_url, autocommit=True) as facade:
        fill(facade)
        for change in watched.writes:
            refused(rest, change, 503, "database-unavailable")
        for path in watched.reads:
            assert rest.get(path).status == 200, path
        facade.execute("DELETE FROM audit_log WHERE team = 'filler'")


def fill(facade: Connection) -> None:
    """Let the audit log grow until its file may not, and no room is left in it, however short a row is. Nearly all of
    it at once; the rest in rows of their own, so that none is rolled back and leaves room."""
    facade.execute(FILL, [1900, 7500])
    for length in (1900, 1):
        with pytest.raises(psycopg.Error, match="File too large"):
            deque((facade.execute(FILL, [length, 1]) for _ in range(5000)), maxlen=0)
