"""Embeds over HTTP: made, listed, revoked; what their tokens open, and what they do not."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Semaphore
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from problem_checks import problem_of
from sqlalchemy import text

from service.facade.identity.embed_tokens import sign
from service.facade.rate_limits import RateLimits
from service.facade.store import watched_schedulers
from service.facade.store.collecting import find_followed
from service.facade.usecases.embeds import create_embed, open_embed
from service.rates import Rate

ONE_EVENT = {minute: 0.9 if minute >= 700 else 0.2 for minute in range(1, 720)}
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
PORTAL = "https://portal.example.com"


@pytest.fixture
def stranger(app) -> FlaskClient:
    """Somebody without a key."""
    return FlaskClient(app, app.response_class)


@pytest.fixture
def made(client, record, name):
    """`made(title="…")`: the answer to an embed of a scheduler with one event that goes on."""
    record(ONE_EVENT)

    def make(**wanted):
        answer = client.post(f"/v1/schedulers/{name}/embeds", json=wanted)
        assert answer.status_code == 201, answer.data
        return answer.json

    return make


@pytest.fixture
def at(app, resources):
    """`at(moment)`: from now on it is then."""

    def turn(moment: datetime) -> None:
        app.extensions["lookout"] = replace(resources, clock=lambda: moment)

    return turn


@pytest.fixture
def framed_by_the_portal(app, resources):
    settings = replace(resources.settings, frame_ancestors=f"{PORTAL}, https://*.example.org")
    app.extensions["lookout"] = replace(resources, settings=settings)


def path_of(embed) -> str:
    return "/embed/" + embed["url"].rpartition("/")[2]


def words_of(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.get_data(as_text=True)))


def test_an_embed_is_told_with_its_token_and_html_to_paste(made, name):
    embed = made(title='Feed "pump" <1>', range="P7D", contributors=2, theme="dark")

    assert embed["token"].startswith(embed["id"])
    assert embed["url"] == f"http://localhost/embed/{embed['token']}"
    assert (embed["inference_scheduler_name"], embed["status"], embed["range"]) == (name, "active", "P7D")
    assert embed["expires_at"] == "2026-03-31T12:00:00Z"
    assert f'src="{embed["url"]}"' in embed["html"]["iframe"]
    assert 'title="Feed &quot;pump&quot; &lt;1&gt;"' in embed["html"]["iframe"]
    assert '<script src="http://localhost/embed.js" defer></script>' in embed["html"]["web_component"]
    assert 'height="408" theme="dark"></lookout-chart>' in embed["html"]["web_component"]


def test_the_answer_warns_while_no_site_may_frame_it(made):
    assert "LOOKOUT_FRAME_ANCESTORS" in made()["warning"]


def test_addresses_are_those_that_browsers_use(app, made, resources):
    settings = replace(resources.settings, public_url="https://lookout.example.com", frame_ancestors=PORTAL)
    app.extensions["lookout"] = replace(resources, settings=settings)
    embed = made()
    assert embed["url"].startswith("https://lookout.example.com/embed/emb_")
    assert embed["warning"] is None


def test_lists_show_embeds_but_no_tokens(client, made, name):
    ids = [made(title=title)["id"] for title in ("one", "two", "three")]
    first = client.get(f"/v1/schedulers/{name}/embeds?limit=2")
    rest = client.get(first.json["next"])

    assert [embed["id"] for embed in [*first.json["embeds"], *rest.json["embeds"]]] == ids[::-1]
    assert b"token" not in first.data


def test_the_picture_needs_the_token_and_nothing_else(stranger, made):
    embed = made(title="Feed pump", contributors=1)
    picture = stranger.get(f"{path_of(embed)}/chart.svg?width=500&theme=dark")

    assert picture.mimetype == "image/svg+xml"
    assert ElementTree.fromstring(picture.data).get("width") == "500"
    assert b"Feed pump" in picture.data
    assert b"pump\\flow" in picture.data
    again = stranger.get(
        f"{path_of(embed)}/chart.svg?width=500&theme=dark", headers={"If-None-Match": picture.headers["ETag"]}
    )
    assert again.status_code == 304


def test_whoever_has_the_token_puts_no_words_into_the_picture(stranger, made):
    path = f"{path_of(made(title='Feed pump'))}/chart.svg"
    problem_of(stranger.get(f"{path}?title=On+fire"), 422, "invalid-request")
    assert b"Feed pump" not in stranger.get(f"{path}?title=").data


def test_strangers_keep_no_team_from_its_charts(app, client, stranger, made, resources, name):
    path = f"{path_of(made())}/chart.svg"
    app.extensions["lookout"] = replace(resources, strangers_drawers=Semaphore(0))
    problem_of(stranger.get(f"{path}?width=555"), 503, "charts-busy")
    assert client.get(f"/v1/schedulers/{name}/chart.svg?width=555").status_code == 200
    app.extensions["lookout"] = replace(resources, drawers=Semaphore(0))
    assert stranger.get(f"{path}?width=556").status_code == 200


def test_the_page_says_how_the_machine_is(stranger, made):
    page = stranger.get(path_of(made(title="Feed pump")))
    said = words_of(page)
    assert "Feed pump" in said
    assert "Anomaly since 11:40 UTC" in said
    assert "score 0.90" in said


@pytest.mark.parametrize(
    ("status", "said"), [("STOPPED", "Stopped: nothing is watched"), ("PENDING", "Starting"), (None, "Deleted")]
)
def test_the_page_says_when_nothing_is_watched(stranger, made, upstream, name, status, said):
    embed = made()
    if status:
        upstream.schedulers[name]["Status"] = status
    else:
        del upstream.schedulers[name]
    page = stranger.get(path_of(embed))
    assert (page.status_code, said in words_of(page)) == (200, True)
    assert b"1 event" in stranger.get(f"{path_of(embed)}/chart.svg").data


def test_what_was_found_long_ago_says_nothing_of_the_present(stranger, made, resources, name):
    embed = made()
    with resources.database.begin() as db:
        followed = find_followed(db, "default", name)
        watched = replace(watched_schedulers.hold(db, followed.id, MIDNIGHT), stale_at=MIDNIGHT)
        watched_schedulers.save(db, watched)

    assert "No new results" in words_of(stranger.get(path_of(embed)))


def test_an_embed_that_was_revoked_is_gone_at_once(client, stranger, made):
    embed = made()
    assert client.delete(f"/v1/embeds/{embed['id']}").status_code == 204
    assert client.delete(f"/v1/embeds/{embed['id']}").status_code == 204

    page = stranger.get(path_of(embed))
    assert page.status_code == 410
    assert "whoever made it has revoked it" in words_of(page)
    problem_of(stranger.get(f"{path_of(embed)}/chart.svg"), 410, "embed-ended")


def test_an_embed_expires(stranger, made, at):
    embed = made(lifetime="PT1H")
    at(datetime(2026, 3, 1, 12, 59, tzinfo=UTC))
    assert stranger.get(path_of(embed)).status_code == 200
    at(datetime(2026, 3, 1, 13, 0, tzinfo=UTC))
    assert stranger.get(path_of(embed)).status_code == 410


def test_a_token_that_was_changed_opens_nothing(stranger, made, resources):
    token = made()["token"]
    embed_id, secret, signature = token.split(".")
    other = ("A" if secret[0] != "A" else "B") + secret[1:]
    with resources.database.begin() as db:
        keys = [bytes(key) for key in db.scalars(text("SELECT secret FROM embed_keys ORDER BY id"))]
    forged = sign(f"{embed_id}.{other}", keys)  # by somebody who has read our database

    for wrong in (f"{embed_id}.{other}.{signature}", forged, token[:-1], embed_id, "x" * 60):
        page = stranger.get(f"/embed/{wrong}")
        assert (page.status_code, page.mimetype) == (404, "text/html"), wrong
        problem_of(stranger.get(f"/embed/{wrong}/chart.svg"), 404, "embed-not-found")


def test_the_token_is_no_credential_for_anything_else(stranger, made, name):
    token = made()["token"]
    for path in (f"/v1/schedulers/{name}/chart.svg", "/v1/schedulers"):
        assert stranger.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_keys_that_sign_are_changed_and_older_tokens_stay_valid(resources, record, name):
    record({})
    shown = {"title": None, "theme": "auto", "span": timedelta(hours=1), "sensors": (), "contributors": 0}
    arguments = {"lifetime": timedelta(days=100), "created_by": "key:ana", **shown}
    later = replace(resources, clock=lambda: datetime(2026, 4, 15, tzinfo=UTC))
    with resources.database.begin() as db:
        db.execute(text("DELETE FROM embed_keys"))  # those of tests by the real clock are from later still

    embed, token = create_embed(resources, "default", name, **arguments)
    create_embed(later, "default", name, **arguments)

    with resources.database.begin() as db:
        assert db.scalar(text("SELECT count(*) FROM embed_keys")) >= 2
    assert open_embed(later, token) == embed


def test_sites_that_the_settings_name_may_frame_the_page(stranger, made, framed_by_the_portal):
    headers = stranger.get(path_of(made())).headers
    assert headers["Content-Security-Policy"].endswith(f"frame-ancestors {PORTAL} https://*.example.org")
    assert "X-Frame-Options" not in headers


def test_no_site_may_frame_it_otherwise(stranger, made):
    headers = stranger.get(path_of(made())).headers
    assert headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
    assert headers["X-Frame-Options"] == "DENY"


def test_the_address_stays_with_whoever_has_it(stranger, made, capsys):
    token = made()["token"]
    page = stranger.get(f"/embed/{token}")
    stranger.get(f"/embed/{token}/chart.svg")
    stranger.get(f"/embed/{token[:-2]}")

    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] in ("no-referrer", "same-origin")
    logged = "".join(capsys.readouterr())
    assert f"/embed/{token.split('.')[0]}" in logged
    assert token.split(".")[1] not in logged


def test_other_sites_may_show_the_picture_and_run_the_script(stranger, made):
    for path in (f"{path_of(made())}/chart.svg", "/embed.js"):
        headers = stranger.get(path, headers={"Origin": PORTAL}).headers
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_whoever_asks_too_often_is_told_so(app, stranger, made, resources):
    embed = made()
    limited = replace(resources.rate_limits, rates=(replace(resources.rate_limits.rates[0], amount=1),))
    app.extensions["lookout"] = replace(resources, rate_limits=limited)

    assert [stranger.get(path_of(embed)).status_code for _ in range(2)] == [200, 429]


def test_whoever_knows_the_id_alone_does_not_use_up_what_others_may_ask(app, stranger, made, resources):
    path = path_of(made())
    app.extensions["lookout"] = replace(resources, rate_limits=RateLimits(resources.cache, (Rate(2, 60),)))
    wrong = path[:-2] + ("aa" if path[-2:] != "aa" else "bb")
    for number in range(4):
        assert stranger.get(wrong, environ_overrides={"REMOTE_ADDR": f"{wrong} {number}"}).status_code == 404
    assert stranger.get(path, environ_overrides={"REMOTE_ADDR": f"{path}"}).status_code == 200


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"lifetime": "PT1S"}, "/lifetime"),
        ({"lifetime": "P400D"}, "/lifetime"),
        ({"range": "PT1S"}, "/range"),
        ({"theme": "blue"}, "/theme"),
        ({"sensors": ["flaw"]}, "/sensors"),
        ({"title": "two\nlines"}, "/title"),
        ({"token": "mine"}, "/token"),
    ],
)
def test_an_embed_that_makes_no_sense_is_refused(client, record, name, wanted, pointer):
    record(ONE_EVENT)
    problem = problem_of(client.post(f"/v1/schedulers/{name}/embeds", json=wanted), 422, "invalid-request")
    assert problem["errors"][0]["pointer"] == pointer


def test_an_embed_of_a_scheduler_that_never_was_is_refused(client):
    problem_of(client.post("/v1/schedulers/nobody-knows-me/embeds"), 404, "scheduler-not-found")
