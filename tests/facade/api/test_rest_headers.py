"""What every answer carries: headers for browsers and caches, gzip where it was asked for, CORS for listed origins."""

import gzip

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from service.facade.api.cross_origin import allow_origins
from service.facade.app import bare_app
from service.settings import Settings, SettingsError, load_settings

PORTAL = "https://portal.example.com"
ADDRESSES = ["/v1/schedulers", "/healthz", "/docs", "/docs/static/css/swagger-ui.css", "/openapi.json", "/nowhere"]


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_answer_tells_browsers_to_be_careful(client, path):
    headers = client.get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"]


def test_nobody_keeps_a_change_or_a_problem(client, name, upstream):
    upstream.add_scheduler(name)

    for response in (client.post(f"/v1/schedulers/{name}/stop"), client.get("/v1/models/none"), client.get("/readyz")):
        assert "no-store" in response.headers["Cache-Control"] or response.status_code == 200


def test_an_answer_belongs_to_who_asked_and_to_an_encoding(client):
    vary = ", ".join(client.get("/v1/schedulers").headers.getlist("Vary"))

    assert {"Authorization", "Accept-Encoding"} <= {one.strip() for one in vary.split(",")}


@pytest.fixture
def many(upstream, name) -> str:
    """A list of several kilobytes."""
    for number in range(20):
        upstream.add_scheduler(f"{name}-{number}")
    return f"/v1/schedulers?name_prefix={name}"


def test_a_large_answer_is_compressed_when_that_is_asked_for(client, many):
    plain = client.get(many)
    packed = client.get(many, headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) == int(packed.headers["Content-Length"]) < len(plain.data) / 3


@pytest.mark.parametrize("encoding", ["br", "identity", "gzip;q=0", "*;q=0", ""])
def test_no_encoding_is_used_that_was_not_asked_for(client, many, encoding):
    assert "Content-Encoding" not in client.get(many, headers={"Accept-Encoding": encoding}).headers


def test_a_small_answer_stays_as_it_is(client):
    assert "Content-Encoding" not in client.get("/healthz", headers={"Accept-Encoding": "gzip"}).headers


def test_a_compressed_answer_is_not_sent_twice(client, many):
    first = client.get(many, headers={"Accept-Encoding": "gzip"})
    again = client.get(many, headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]})

    assert first.headers["ETag"] != client.get(many).headers["ETag"]
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


@pytest.fixture(scope="module")
def passing() -> Flask:
    """An application that answers with what a test puts in, in the finishing of all answers."""
    app = bare_app()
    app.add_url_rule("/given", "given", lambda: app.given)
    return app


def test_a_stream_is_compressed_as_it_comes(passing):
    drawn = []

    def rows():
        for number in range(200):
            drawn.append(number)
            yield "".join(f"{at},{at * 7919 % 104729}\r\n" for at in range(number * 1000, number * 1000 + 1000))

    passing.given = Response(rows(), mimetype="text/csv")
    response = passing.test_client().get("/given", headers={"Accept-Encoding": "gzip"})
    pieces = response.iter_encoded()
    beginning = next(pieces) + next(pieces)
    made_by_then = len(drawn)

    text = gzip.decompress(beginning + b"".join(pieces)).decode()
    assert (response.headers["Content-Encoding"], response.headers.get("Content-Length")) == ("gzip", None)
    assert text.count("\r\n") == 200_000
    assert 0 < made_by_then < 100, "much of it was made before any of it was sent"


@pytest.mark.parametrize("kind", ["application/vnd.apache.parquet", "application/octet-stream", "application/gzip"])
def test_what_is_compressed_already_is_not_compressed_again(passing, kind):
    passing.given = Response(b"x" * 10_000, mimetype=kind)

    response = passing.test_client().get("/given", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in response.headers


def test_a_part_of_a_file_is_not_compressed(client):
    headers = {"Range": "bytes=0-4999", "Accept-Encoding": "gzip"}

    response = client.get("/docs/static/css/swagger-ui.css", headers=headers)

    assert (response.status_code, len(response.data)) == (206, 5000)
    assert "Content-Encoding" not in response.headers


def test_the_files_of_the_page_are_not_sent_twice_when_they_are_compressed(client):
    address, gzipped = "/docs/static/js/swagger-ui-bundle.js", {"Accept-Encoding": "gzip"}
    first = client.get(address, headers=gzipped)

    again = client.get(address, headers={**gzipped, "If-None-Match": first.headers["ETag"]})

    assert first.headers["Content-Encoding"] == "gzip"
    assert again.status_code == 304


# --- CORS


@pytest.fixture(scope="module")
def crossed() -> Flask:
    """An application that pages of the portal may call."""
    app = bare_app()
    allow_origins(app, Settings(cors_origins=f"{PORTAL}, http://localhost:3000"))
    return app


@pytest.fixture
def crossing(crossed, resources) -> FlaskClient:
    crossed.extensions["lookout"] = resources
    return crossed.test_client()


def test_without_the_setting_no_page_may_call(client):
    response = client.get("/healthz", headers={"Origin": PORTAL})

    assert not [name for name in response.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118


@pytest.mark.parametrize("origin", [PORTAL, "http://localhost:3000"])
def test_pages_of_a_listed_origin_may_read_our_headers(crossing, origin):
    headers = crossing.get("/healthz", headers={"Origin": origin}).headers

    assert headers["Access-Control-Allow-Origin"] == origin
    assert "Access-Control-Allow-Credentials" not in headers
    exposed = headers["Access-Control-Expose-Headers"]
    for name in ("ETag", "Location", "Operation-Location", "Retry-After", "X-Request-Id", "RateLimit"):
        assert name in exposed
    assert "Origin" in ",".join(headers.getlist("Vary"))


@pytest.mark.parametrize("origin", ["https://portal.example.com.evil.org", "http://portal.example.com", "null"])
def test_pages_of_other_origins_may_not(crossing, origin):
    assert "Access-Control-Allow-Origin" not in crossing.get("/healthz", headers={"Origin": origin}).headers


def test_a_problem_can_be_read_across_origins_too(crossing):
    response = crossing.get("/v1/nowhere", headers={"Origin": PORTAL})

    assert response.status_code == 404
    assert response.headers["Access-Control-Allow-Origin"] == PORTAL


@pytest.mark.parametrize("path", ["/v1/schedulers", "/v1/schedulers/any", "/v1/schedulers/any/uploads"])
def test_a_browser_may_ask_beforehand_without_a_key(crossing, path):
    headers = {
        "Origin": PORTAL,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, idempotency-key, if-match",
    }
    response = crossing.options(path, headers=headers)

    assert response.status_code == 200
    allowed = response.headers["Access-Control-Allow-Headers"].lower()
    assert {"authorization", "idempotency-key", "if-match"} <= {one.strip() for one in allowed.split(",")}
    assert "PATCH" in response.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("good", ["", PORTAL, f"{PORTAL}, http://localhost:3000", "http://[::1]:8080"])
def test_origins_are_read_from_the_settings(good):
    assert load_settings({"LOOKOUT_CORS_ORIGINS": good, "LOOKOUT_AUTH": "on"}).cors_origins == good


@pytest.mark.parametrize("bad", ["*", "portal.example.com", f"{PORTAL}/", f"{PORTAL} http://other", "ftp://a"])
def test_what_is_no_origin_is_refused_at_the_start(bad):
    with pytest.raises(SettingsError, match="LOOKOUT_CORS_ORIGINS"):
        load_settings({"LOOKOUT_CORS_ORIGINS": bad})


def test_no_origin_is_allowed_by_default():
    assert Settings().cors_origins == ""
