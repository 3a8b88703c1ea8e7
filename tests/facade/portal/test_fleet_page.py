"""The fleet page without a browser: what it shows of whom, what it costs, and starting and stopping in bulk."""

import re
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from keyed import client_holding, new_key
from sqlalchemy import event

from service.facade.api.sessions import COOKIE
from service.facade.domain.access import Caller
from service.facade.domain.predictions import Prediction
from service.facade.store.collecting import follow
from service.facade.store.predictions import replace_windows
from service.facade.usecases.sessions import open_session

PAGE = {"Accept": "text/html"}
WINDOW = timedelta(minutes=5)


@pytest.fixture
def team(unique) -> str:
    return f"fleet-{unique}"


@pytest.fixture
def client(app, resources, team) -> FlaskClient:
    return client_holding(new_key(resources, team, ["operate"]), app)


@pytest.fixture
def add(upstream, resources, team) -> Callable[..., None]:
    """`add(name, ago={minutes: score}, …)`: a scheduler of the team with rows that were scored so long ago."""

    def put(name: str, ago: dict[float, float] | None = None, status: str = "RUNNING", **members: str) -> None:
        now, arn = datetime.now(UTC), f"arn:{team}/{name}"
        upstream.add_scheduler(name, status, team=team, InferenceSchedulerArn=arn, **members)
        with resources.database.begin() as db:
            followed = follow(db, arn, name, team).id
            rows = [_row(now - timedelta(minutes=minutes), score) for minutes, score in (ago or {}).items()]
            replace_windows(db, followed, {row.timestamp - WINDOW: [row] for row in rows})

    return put


def _row(at: datetime, score: float) -> Prediction:
    return Prediction(at, int(score >= 0.5), None, score, (), None)


def shown(client: FlaskClient, query: str = "") -> list[list[str]]:
    """The cells of each row as text."""
    page = client.get(f"/portal{query}", headers=PAGE)
    assert page.status_code == 200, page.text
    body = page.text.partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [plain(cell) for cell in re.findall(r"<t[dh].*?</t[dh]>", row, re.S)]
        for row in re.findall(r"<tr>.*?</tr>", body, re.S)
    ]


def plain(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def names(client: FlaskClient, query: str = "") -> list[str]:
    return [row[1].split()[0] for row in shown(client, query)]


@contextmanager
def counting(resources):
    """The statements that are sent to PostgreSQL meanwhile."""
    said: list[str] = []

    def note(_connection, _cursor, statement, *_):
        said.append(statement)

    event.listen(resources.database.engine, "before_cursor_execute", note)
    yield said
    event.remove(resources.database.engine, "before_cursor_execute", note)


def test_a_row_tells_how_a_scheduler_is(client, add):
    add("pump-a", {minutes: 0.9 if minutes < 60 else 0.1 for minutes in range(7, 600, 10)})
    [row] = shown(client)
    assert row[1:3] == ["pump-a pump-model", "Running"]
    assert row[3] == "Anomaly, score 0.900 7 min ago"
    assert row[5:8] == ["10 %", "10 %", "10 %"]
    assert re.fullmatch(r"in \d (min|s)|in \d\d s", row[8])


def test_shares_are_of_the_time_that_was_scored_in_each_period(client, add):
    day, week = 24 * 60, 7 * 24 * 60
    add("pump-a", {10: 0.9, 20: 0.1, day + 300: 0.1, day + 310: 0.1, week + 300: 0.9, week + 310: 0.9, 45 * day: 0.1})
    [row] = shown(client)
    assert row[5:8] == ["50 %", "25 %", "50 %"]


def test_what_was_never_scored_says_so(client, upstream, team):
    upstream.add_scheduler("new-one", "PENDING", team=team)
    [row] = shown(client)
    assert (row[2], row[3]) == ("Pending", "none yet")
    assert row[5:] == ["–"] * 5


def test_a_team_sees_its_own(client, add, upstream):
    add("ours")
    upstream.add_scheduler("theirs", team="other")
    assert names(client) == ["ours"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?sort=name", ["pump-a", "pump-b", "valve-c"]),
        ("?sort=-name", ["valve-c", "pump-b", "pump-a"]),
        ("?sort=-day", ["pump-b", "pump-a", "valve-c"]),
        ("?sort=day", ["pump-a", "pump-b", "valve-c"]),
        ("?sort=status", ["pump-a", "pump-b", "valve-c"]),
        ("?text=PUMP&sort=name", ["pump-a", "pump-b"]),
        ("?text=model-c", ["valve-c"]),
        ("?status=STOPPED", ["valve-c"]),
        ("?model=model-c", ["valve-c"]),
        ("?text=nothing", []),
        ("?sort=-nonsense&status=GONE&utm_source=mail", ["pump-a", "pump-b", "valve-c"]),
    ],
)
def test_filters_and_orders_are_in_the_address(client, add, query, expected):
    add("pump-a", {10: 0.1})
    add("pump-b", {10: 0.9})
    add("valve-c", status="STOPPED", ModelName="model-c")
    assert names(client, query) == expected


def test_a_link_at_a_column_turns_its_order_and_keeps_the_filter(client, add):
    add("pump-a")
    page = unescape(client.get("/portal?text=pump&sort=name", headers=PAGE).text)
    assert 'href="/portal?text=pump&sort=-name"' in page
    assert 'href="/portal?text=pump&sort=-day"' in page
    assert page.count("aria-sort=") == 1


def test_nothing_that_a_name_or_a_search_says_becomes_markup(client, add):
    add("pump-a", ModelName='<b onclick="x">')
    page = client.get('/portal?text="><script>alert(1)</script>', headers=PAGE).text
    assert "<script>alert" not in page
    assert "<b onclick" not in client.get("/portal", headers=PAGE).text


def test_two_hundred_schedulers_take_as_many_questions_as_two(client, add, resources, upstream):
    for number in range(2):
        add(f"pump-{number}", {10: 0.1})
    costs = []
    for more in (0, 198):
        for number in range(more):
            add(f"more-{number}", dict.fromkeys(range(7, 127, 10), 0.3))
        client.get("/portal", headers=PAGE)  # the key may have to be looked up again by now
        upstream.calls.clear()
        with counting(resources) as said:
            began = time.perf_counter()
            rows = shown(client)
            seconds = time.perf_counter() - began
        costs.append((upstream.calls.copy(), len(said)))

    assert len(rows) == 200
    assert costs[0] == costs[1]
    assert costs[0][0] == ["ListInferenceSchedulers"]
    assert costs[0][1] <= 6
    assert seconds < 2


def test_a_team_without_schedulers_is_told_what_to_do(client, app, resources, team):
    page = client.get("/portal", headers=PAGE).text
    assert "No machine is watched yet" in page
    assert 'href="/portal/schedulers/new"' in page
    reader = client_holding(new_key(resources, team, ["read"]), app).get("/portal", headers=PAGE).text
    assert 'href="/portal/schedulers/new"' not in reader


def test_while_the_engine_is_away_the_page_shows_what_was_seen_last(client, add, upstream, resources, team):
    from service.facade.store import watched_schedulers

    add("pump-a", {10: 0.9})
    with resources.database.begin() as db:
        followed = follow(db, upstream.schedulers["pump-a"]["InferenceSchedulerArn"], "pump-a", team).id
        watched = watched_schedulers.hold(db, followed, datetime.now(UTC))
        seen = {"status": "RUNNING", "data_upload_frequency": WINDOW, "data_delay": timedelta(0)}
        watched_schedulers.save(db, type(watched)(**(vars(watched) | seen)))
    upstream.away = True

    page = client.get("/portal", headers=PAGE)
    assert page.status_code == 200
    assert "The engine cannot be reached" in page.text
    assert [row[1:4] for row in shown(client)] == [["pump-a", "Running", "Anomaly, score 0.900 10 min ago"]]


class TestInBulk:
    @pytest.fixture
    def browser(self, app, resources, team) -> FlaskClient:
        """Somebody who is logged in; `browser.token` is what their forms hold."""
        session, session_id = open_session(resources, Caller(team, frozenset({"operate"}), "oidc:alice"))
        browser = FlaskClient(app, app.response_class)
        browser.set_cookie(COOKIE, session_id)
        browser.token = session.csrf_token
        return browser

    def act(self, browser, action: str, *chosen: str, **changes: str):
        form = {"csrf_token": browser.token, "action": action, "scheduler": [*chosen]} | changes
        return browser.post("/portal?sort=name", data=form, headers=PAGE)

    def test_each_scheduler_has_an_outcome(self, browser, add, upstream):
        add("pump-a", status="STOPPED")
        add("pump-b", status="STOPPED")
        add("pump-c", status="STOPPING")
        upstream.add_scheduler("theirs", "STOPPED", team="other")

        page = self.act(browser, "start", "pump-a", "pump-b", "pump-c", "theirs", "none").text

        outcomes = [plain(one) for one in re.findall(r"<li>.*?</li>", page, re.S)]
        assert outcomes[:2] == ["Starting pump-a", "Starting pump-b"]
        assert outcomes[2].startswith("Not started pump-c ")
        assert outcomes[3:] == [f"Not started {name} There is no scheduler '{name}'." for name in ("theirs", "none")]
        assert {name: one["Status"] for name, one in upstream.schedulers.items()} == {
            "pump-a": "PENDING", "pump-b": "PENDING", "pump-c": "STOPPING", "theirs": "STOPPED"
        }  # fmt: skip

    def test_each_has_its_own_line_in_the_audit_log(self, browser, add, client_of, team):
        add("pump-a")
        add("pump-b", status="STOPPED")
        self.act(browser, "stop", "pump-a", "pump-b")

        entries = client_of(team).get("/v1/audit-log").json["entries"]
        told = {
            (one["inference_scheduler_name"], one["operation_id"], one["status"], one["problem"]) for one in entries
        }
        assert ("pump-a", "stop_scheduler", 202, None) in told
        assert ("pump-b", "stop_scheduler", 409, "wrong-state") in told

    def test_without_the_token_nothing_is_done(self, browser, add, upstream):
        add("pump-a")
        assert self.act(browser, "stop", "pump-a", csrf_token="").status_code == 403
        assert upstream.schedulers["pump-a"]["Status"] == "RUNNING"

    @pytest.mark.parametrize(("action", "chosen"), [("stop", []), ("delete", ["pump-a"]), ("", ["pump-a"])])
    def test_what_makes_no_sense_is_said_on_the_page(self, browser, add, upstream, action, chosen):
        add("pump-a")
        answer = self.act(browser, action, *chosen)
        assert answer.status_code == 422
        assert 'role="alert">Choose' in answer.text
        assert upstream.schedulers["pump-a"]["Status"] == "RUNNING"

    def test_whoever_may_only_read_is_offered_nothing_and_refused(self, app, resources, add, team, upstream):
        add("pump-a")
        reader = client_holding(new_key(resources, team, ["read"]), app)
        page = reader.get("/portal", headers=PAGE).text
        assert 'name="scheduler"' not in page
        assert 'name="action"' not in page
        assert reader.post("/portal", data={"action": "stop", "scheduler": "pump-a"}).status_code == 403
