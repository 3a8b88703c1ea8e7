"""recorded_after: whoever polls with it sees every row, whatever is late, scored again or slow to be committed."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Event
from time import monotonic

import pytest
from scored_plant import at
from sqlalchemy import select

from service.facade.domain.predictions import Prediction
from service.facade.store.collecting import find_followed
from service.facade.store.predictions import predictions, replace_windows
from service.facade.usecases.collecting import collect_everything

HIGH, LOW = 0.9, 0.1


class Poller:
    """Asks for what is new and keeps all it was told, by time; the latest word counts."""

    def __init__(self, read, query: str = "") -> None:
        self.read, self.query, self.cursor = read, query, "start"
        self.scores: dict[str, float] = {}

    def poll(self) -> list[str]:
        """Hours and minutes of the rows of one answer, in its order."""
        answer = self.read(f"?recorded_after={self.cursor}{self.query}")
        assert answer.status_code == 200, answer.text
        rows = answer.json["predictions"]
        self.scores |= {row["timestamp"][11:16]: row["anomaly_score"] for row in rows}
        self.cursor = answer.json["recorded_after"]
        return [row["timestamp"][11:16] for row in rows]


@pytest.fixture
def poller(plant, read) -> Poller:
    return Poller(read)


def test_a_poller_is_told_every_row_once(record, poller):
    assert poller.poll() == []
    record({1: LOW, 2: LOW})
    assert poller.poll() == ["00:01", "00:02"]
    assert poller.poll() == []
    record({6: HIGH})
    assert poller.poll() == ["00:06"]
    assert poller.poll() == []


def test_rows_come_in_the_order_in_which_they_were_recorded(record, poller):
    record({61: LOW})
    record({1: LOW})
    assert poller.poll() == ["01:01", "00:01"]


def test_rows_that_are_late_come(record, poller):
    record({61: LOW})
    poller.poll()
    record({1: LOW})
    assert poller.poll() == ["00:01"]


def test_the_rows_of_a_window_that_is_scored_again_come_again(record, poller):
    record({1: LOW, 2: LOW, 6: LOW})
    poller.poll()
    record({1: HIGH, 2: LOW})
    assert poller.poll() == ["00:01", "00:02"]
    assert poller.scores == {"00:01": HIGH, "00:02": LOW, "00:06": LOW}


def test_a_row_that_another_window_takes_over_comes_again(plant, resources, poller):
    plant.score(0, score=LOW)
    assert len(poller.poll()) == 5
    plant.write(1, b'{"timestamp": "2026-03-01T00:03:00.000000", "prediction": 1, "anomaly_score": 0.9}\n')
    assert poller.poll() == ["00:03"]


def test_an_answer_goes_on_where_the_first_page_of_a_walk_through_time_began(record, read, client):
    """Rows recorded while somebody turns pages may lie on pages left behind: any page's cursor leads to them."""
    record(dict.fromkeys(range(1, 11), LOW))
    first = read("?limit=5").json
    record({1: HIGH})
    last = client.get(first["next"]).json
    assert last["next"] is None
    for page in (first, last):
        answer = read(f"?recorded_after={page['recorded_after']}").json
        assert [row["timestamp"][11:16] for row in answer["predictions"]] == ["00:01"]


@pytest.mark.parametrize("limit", [1, 3, 4, 8, 9])
def test_pages_lead_on_by_next_and_end_with_what_is_there(record, client, name, limit):
    record(dict.fromkeys(range(5, 0, -1), LOW))
    record(dict.fromkeys(range(11, 14), LOW))
    seen, answer = [], None
    address = f"/v1/schedulers/{name}/predictions?recorded_after=start&limit={limit}&contributors=0"
    while address:
        answer = client.get(address)
        seen += [row["timestamp"][14:16] for row in answer.json["predictions"]]
        address = answer.json["next"]
        assert answer.headers.get("Link") == (address and f'<{address}>; rel="next"')
    assert sorted(seen[:5]) == ["01", "02", "03", "04", "05"]
    assert seen[5:] == ["11", "12", "13"]
    assert (
        client.get(f"/v1/schedulers/{name}/predictions?recorded_after={answer.json['recorded_after']}").json[
            "predictions"
        ]
        == []
    )


def test_filters_narrow_what_is_told_and_the_cursor_moves_on_all_the_same(record, read, poller):
    record(dict.fromkeys(range(1, 6), LOW) | {6: HIGH})
    narrowed = Poller(read, "&only=anomalies&start_time=2026-03-01T00:02:00Z&min_score=0.2")
    assert narrowed.poll() == ["00:06"]
    record({1: HIGH, 2: LOW})
    assert narrowed.poll() == []
    poller.cursor = narrowed.cursor
    assert poller.poll() == []


@pytest.mark.parametrize("accept", ["application/x-ndjson", "text/csv"])
def test_other_formats_have_the_cursor_in_a_header(record, read, poller, accept):
    record({1: LOW})
    answer = read("?recorded_after=start", Accept=accept)
    assert "00:01" in answer.text
    poller.cursor = answer.headers["Recorded-After"]
    assert poller.poll() == []
    record({2: LOW})
    assert poller.poll() == ["00:02"]


def test_an_export_by_what_is_recorded_ends_where_its_header_says(record, read, poller, resources, monkeypatch):
    monkeypatch.setattr("service.facade.usecases.predictions._BATCH_ROWS", (2, 2))
    record(dict.fromkeys(range(1, 6), LOW))
    answer = read("?recorded_after=start", Accept="application/x-ndjson")
    pieces = answer.iter_encoded()
    seen = next(pieces)
    record({11: LOW})
    text = b"".join([seen, *pieces])
    assert text.count(b"\n") == 5
    poller.cursor = answer.headers["Recorded-After"]
    assert poller.poll() == ["00:11"]


def test_a_scheduler_created_again_under_its_name_leads_a_poller_on(plant, poller, upstream, name):
    plant.score(0)
    assert len(poller.poll()) == 5
    upstream.add_scheduler(name, InferenceSchedulerArn=f"arn:aws:lookoutequipment:::inference-scheduler/{name}/2")
    plant.executions.clear()
    assert poller.poll() == []
    plant.score(0)
    assert len(poller.poll()) == 5


@pytest.mark.parametrize("cursor", ["nonsense", "W10", "12"])
def test_a_cursor_that_was_not_made_here_is_refused(plant, read, cursor):
    answer = read(f"?recorded_after={cursor}")
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/bad-cursor")
    assert answer.json["errors"][0]["parameter"] == "recorded_after"


def test_the_cursor_of_another_scheduler_is_refused(record, read, client, upstream, name):
    cursor = read("?limit=1").json["recorded_after"]
    upstream.add_scheduler(f"{name}-other")
    answer = client.get(f"/v1/schedulers/{name}-other/predictions?recorded_after={cursor}")
    assert answer.json["type"] == "/problems/bad-cursor"


@pytest.mark.parametrize(
    "query",
    [
        "?recorded_after=start&cursor=x",
        "?recorded_after=start&max_points=100",
        "?cursor=x&max_points=100",
        "?max_points=100&limit=10",
    ],
)
def test_parameters_that_exclude_each_other_are_refused(plant, read, query):
    answer = read(query)
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid-request")
    sent = {part.partition("=")[0] for part in query[1:].split("&")}
    assert {word for word in answer.json["detail"].split() if word in ("limit", "cursor", *sent)} == sent


# Numbers are in the order of commits: a writer that draws its numbers first and commits last must not be overtaken.


@pytest.fixture
def followed(record, resources, name):
    record({1: LOW})
    with resources.database.begin() as db:
        return find_followed(db, "default", name)


def test_a_writer_that_is_slow_to_commit_is_not_overtaken(followed, resources, poller):
    drawn, may_commit = Event(), Event()

    def write_slowly() -> None:
        with resources.database.begin() as db:
            replace_windows(db, followed.id, {at(5): [Prediction(at(6), 0)]})
            drawn.set()
            assert may_commit.wait(20)

    def write() -> None:
        with resources.database.begin() as db:
            replace_windows(db, followed.id, {at(10): [Prediction(at(11), 0)]})

    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(write_slowly)
        assert drawn.wait(20)
        other = pool.submit(write)
        _until_somebody_waits_for_a_lock(resources)
        assert poller.poll() == ["00:01"]
        may_commit.set()
        slow.result(20)
        other.result(20)
    assert poller.poll() == ["00:06", "00:11"]


def test_a_poller_beside_many_writers_misses_nothing(followed, resources, poller):
    """Ten writers record each window three times, each time with another score, in transactions that overlap."""
    rounds, windows = 3, 10

    def write(number: int) -> None:
        for again in range(rounds):
            rows = [Prediction(at(5 * number + minute), 0, None, again / 10) for minute in (1, 2, 3)]
            with resources.database.begin() as db:
                replace_windows(db, followed.id, {at(5 * number): rows})

    with ThreadPoolExecutor(windows) as pool:
        writers = [pool.submit(write, number) for number in range(windows)]
        while not all(writer.done() for writer in writers):
            poller.poll()
        for writer in writers:
            writer.result()
    poller.poll()
    assert poller.scores == {
        f"{at(5 * number + minute):%H:%M}": (rounds - 1) / 10 for number in range(windows) for minute in (1, 2, 3)
    }


def test_the_collector_numbers_rows_in_the_order_of_its_commits(plant, resources, name, read):
    for number in range(40):  # more than one transaction takes
        plant.score(number, rows=1)
    collect_everything(resources)
    poller = Poller(read)
    assert poller.poll() == [f"{at(5 * number + 1):%H:%M}" for number in range(40)]
    with resources.database.begin() as db:
        scheduler_id = find_followed(db, "default", name).id
        query = select(predictions.c.record_number).where(predictions.c.scheduler_id == scheduler_id)
        numbers = db.scalars(query.order_by(predictions.c.timestamp)).all()
    assert all(one < next_one for one, next_one in pairwise(numbers))


def _until_somebody_waits_for_a_lock(resources) -> None:
    give_up = monotonic() + 20
    while monotonic() < give_up:
        with resources.database.begin() as db:
            waiting = db.exec_driver_sql(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if waiting.scalar():
                return
    pytest.fail("nobody waits: the second writer was let through")
