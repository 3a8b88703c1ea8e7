"""The demo's feeder against a stand-in for the REST API that notes what it is asked for."""

from datetime import UTC, datetime, timedelta

import pytest

from service.demo import feeding
from service.demo.feeding import AHEAD, feed_once, last_fed, replay
from service.demo.rest import DemoError
from service.demo.story import WINDOW, Story, window_start

NOW = datetime(2026, 3, 1, 12, 2, 30, tzinfo=UTC)
THIS_WINDOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FED = THIS_WINDOW + WINDOW + AHEAD
MINUTE = timedelta(minutes=1)


class NotedRest:
    """Answers every upload and replay with success at once; `conflicts` replays are refused before."""

    def __init__(self, uploads: list[dict] | None = None, conflicts: int = 0) -> None:
        self.uploads = uploads or []
        self.conflicts = conflicts
        self.spans: list[tuple[str, datetime, datetime]] = []

    def get(self, path: str) -> dict:
        if path.endswith("/uploads"):
            return {"uploads": self.uploads}
        counts = {"succeeded_windows": 1, "failed_windows": 0, "skipped_windows": 0, "total_windows": 1}
        return {
            "status": "succeeded",
            "progress": {"files_total": 1, "files_written": 1},
            **counts,
        }

    def post(self, path: str, body: dict) -> dict:
        if self.conflicts:
            self.conflicts -= 1
            refused = DemoError("in the way")
            refused.status = 409
            raise refused
        times = (datetime.fromisoformat(body[name]) for name in ("start_time", "end_time"))
        self.spans.append(("replay", *times))
        return {"id": "r"}

    def post_csv(self, path: str, text: str) -> dict:
        stamps = [line.split(",")[0] for line in text.splitlines()[1:]]
        self.spans.append(("upload", datetime.fromisoformat(stamps[0]), datetime.fromisoformat(stamps[-1])))
        return {"id": "u"}


@pytest.fixture
def story() -> Story:
    return Story(window_start(NOW) - timedelta(days=3))


def test_the_first_feeding_uploads_the_window_under_way_and_those_ahead(story):
    rest = NotedRest()
    assert feed_once(rest, story, THIS_WINDOW, NOW) == FED
    assert rest.spans == [("upload", THIS_WINDOW + MINUTE, FED)]


def test_nothing_is_uploaded_when_enough_is_there(story):
    rest = NotedRest()
    assert feed_once(rest, story, FED, NOW) == FED
    assert rest.spans == []


def test_only_the_window_that_is_missing_is_uploaded(story):
    rest = NotedRest()
    feed_once(rest, story, FED - WINDOW, NOW)
    assert rest.spans == [("upload", FED - WINDOW + MINUTE, FED)]


def test_what_was_missed_is_uploaded_and_replayed_after_the_windows_that_are_due_next(story):
    rest = NotedRest()
    stopped = THIS_WINDOW - timedelta(hours=2)
    feed_once(rest, story, stopped, NOW)
    assert rest.spans == [
        ("upload", THIS_WINDOW + MINUTE, FED),
        ("upload", stopped + MINUTE, THIS_WINDOW),
        ("replay", stopped, THIS_WINDOW),
    ]


def test_a_gap_of_weeks_is_filled_for_a_day_only(story):
    rest = NotedRest()
    feed_once(rest, story, THIS_WINDOW - timedelta(days=21), NOW)
    assert rest.spans[-1] == ("replay", THIS_WINDOW - timedelta(days=1), THIS_WINDOW)


def test_the_last_window_fed_is_read_off_the_uploads_that_succeeded():
    def one(status: str, last: str) -> dict:
        return {"status": status, "files": [{"last_timestamp": last}]}

    uploads = [one("failed", "2026-03-01T12:20:00Z"), one("succeeded", "2026-03-01T12:10:00Z")]
    assert last_fed(NotedRest(uploads)) == datetime(2026, 3, 1, 12, 10, tzinfo=UTC)
    assert last_fed(NotedRest([one("succeeded", "2026-03-01T12:09:00Z")])) == datetime(2026, 3, 1, 12, 10, tzinfo=UTC)
    assert last_fed(NotedRest()) == datetime.min.replace(tzinfo=UTC)


def test_a_replay_waits_for_the_one_of_an_earlier_start(monkeypatch, capsys):
    monkeypatch.setattr("service.demo.rest.time.sleep", lambda seconds: None)
    rest = NotedRest(conflicts=2)
    replay(rest, THIS_WINDOW - WINDOW, THIS_WINDOW)
    assert rest.spans == [("replay", THIS_WINDOW - WINDOW, THIS_WINDOW)]
    assert "waiting for the one of an earlier start" in capsys.readouterr().out


def test_a_feeder_that_is_refused_says_so_and_goes_on(story, monkeypatch, capsys):
    rounds = []

    def refused(*_: object) -> datetime:
        rounds.append(1)
        raise DemoError("503: the queue is away")

    def stop_after_two(seconds: float) -> None:
        if len(rounds) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(feeding, "feed_once", refused)
    monkeypatch.setattr(feeding.time, "sleep", stop_after_two)
    with pytest.raises(KeyboardInterrupt):
        feeding.feed(NotedRest(), story)
    assert capsys.readouterr().out.count("tries again: 503: the queue is away") == 2
