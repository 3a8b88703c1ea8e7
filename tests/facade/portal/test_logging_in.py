"""Logging in with a key and out again; what the pages answer to whoever is not."""

import re

import pytest
from flask.testing import FlaskClient
from keyed import bearer, new_key

from service.facade.api.sessions import COOKIE
from service.facade.domain.keys import id_of, mint

PAGE = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def browser(app) -> FlaskClient:
    """Somebody who sent nothing yet."""
    browser = FlaskClient(app, app.response_class)
    browser.environ_base["HTTP_ACCEPT"] = PAGE["Accept"]
    return browser


def log_in(browser: FlaskClient, key: str, **form: str):
    return browser.post("/portal/login", data={"key": key, **form})


def token_in(page: str) -> str:
    return re.search(r'name="csrf-token" content="([^"]*)"', page)[1]


def test_whoever_is_not_logged_in_is_led_to_the_log_in_and_back(browser, resources):
    led = browser.get("/portal?sort=name&status=RUNNING")
    assert (led.status_code, led.location) == (303, "/portal/login?next=%2Fportal%3Fsort%3Dname%26status%3DRUNNING")

    page = browser.get(led.location).text
    wanted = re.search(r'name="next" value="([^"]*)"', page)[1].replace("&amp;", "&")
    back = log_in(browser, new_key(resources), next=wanted)
    assert (back.status_code, back.location) == (303, "/portal?sort=name&status=RUNNING")
    assert browser.get(back.location).status_code == 200


def test_a_program_is_told_instead_of_led(browser):
    refused = browser.get("/portal", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json["type"]) == (401, "/problems/not-authenticated")
    assert "WWW-Authenticate" in refused.headers


def test_a_program_with_a_key_may_have_the_page(browser, resources):
    assert browser.get("/portal", headers=bearer(new_key(resources))).status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser, resources):
    kept = log_in(browser, new_key(resources)).headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(kept.split("; "))
    assert "Secure" not in kept.split("; ")


def test_over_tls_the_cookie_never_travels_in_the_clear(browser, resources):
    kept = browser.post("/portal/login", base_url="https://localhost", data={"key": new_key(resources)})
    assert "Secure" in kept.headers["Set-Cookie"].split("; ")
    assert kept.headers["Set-Cookie"].startswith(f"__Host-{COOKIE}=")
    assert browser.get("/portal", base_url="https://localhost").status_code == 200


def test_each_log_in_is_a_new_session_whatever_the_browser_sent(browser, resources):
    browser.set_cookie(COOKIE, "chosen-by-somebody-else")
    key = new_key(resources)
    first = (log_in(browser, key), browser.get_cookie(COOKIE).value)[1]
    second = (log_in(browser, key), browser.get_cookie(COOKIE).value)[1]

    assert len({first, second, "chosen-by-somebody-else"}) == 3
    browser.set_cookie(COOKIE, first)
    assert browser.get("/portal").status_code == 303, "the session before goes on"


def test_the_page_holds_the_token_that_changes_need(browser, resources, name, upstream):
    upstream.add_scheduler(name, "STOPPED", team="default")
    log_in(browser, new_key(resources))
    token = token_in(browser.get("/portal").text)

    assert browser.post(f"/v1/schedulers/{name}/start", headers={"X-CSRF-Token": token}).status_code == 202


def test_logging_out_needs_the_token_and_ends_the_session(browser, resources):
    log_in(browser, new_key(resources))
    held, token = browser.get_cookie(COOKIE).value, token_in(browser.get("/portal").text)

    assert browser.post("/portal/logout").status_code == 403
    assert browser.get("/portal").status_code == 200

    out = browser.post("/portal/logout", data={"csrf_token": token})
    assert (out.status_code, out.location) == (303, "/portal/login?out=1")
    assert browser.get_cookie(COOKIE) is None
    browser.set_cookie(COOKIE, held)
    assert browser.get("/portal").status_code == 303


@pytest.mark.parametrize("key", ["", "lk_wrong", mint()], ids=["none", "malformed", "unknown"])
def test_a_wrong_key_is_refused_in_words_at_the_field(browser, key):
    refused = log_in(browser, key, next="/portal?sort=name")

    assert refused.status_code == 401
    assert 'aria-invalid="true"' in refused.text
    assert 'role="alert"' in refused.text
    assert 'value="/portal?sort=name"' in refused.text
    assert browser.get_cookie(COOKIE) is None
    assert not key or key not in refused.text


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/portal", "//evil.example", "/portal.evil", "/docs", "/portal\\@evil.example", "javascript:0",
     "/portal\n/x", "/portalx", "", " /portal/x", "/\\evil.example"],
)  # fmt: skip
def test_a_log_in_leads_to_pages_of_the_portal_only(browser, resources, wanted):
    assert log_in(browser, new_key(resources), next=wanted).location == "/portal"


@pytest.mark.parametrize("said", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_no_other_site_can_log_somebody_in(browser, resources, said):
    answer = browser.post("/portal/login", data={"key": new_key(resources)}, headers=said)
    assert answer.status_code == 403
    assert browser.get_cookie(COOKIE) is None


def test_a_log_in_is_in_the_audit_log(browser, resources, client_of, unique):
    key = new_key(resources, f"plant-{unique}", ["read"], name="alice")
    log_in(browser, key)

    entries = client_of(f"plant-{unique}").get("/v1/audit-log").json["entries"]
    assert ("log_in", "key:alice", id_of(key), 303) in {
        (entry["operation_id"], entry["actor"], entry["key_id"], entry["status"]) for entry in entries
    }


def test_what_is_not_there_is_a_page_that_says_so(browser, resources):
    missing = browser.get("/portal/nothing/here")
    assert (missing.status_code, missing.mimetype) == (404, "text/html")
    assert "There is nothing at /portal/nothing/here" in missing.text
    assert missing.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
    assert browser.get("/nothing").mimetype == "application/problem+json"


def test_while_the_database_is_away_the_page_says_when_to_try_again(browser, resources, app, monkeypatch):
    from service.facade.problems import DatabaseUnavailable

    log_in(browser, new_key(resources))

    def fail(*_):
        raise DatabaseUnavailable("PostgreSQL cannot be reached.")

    monkeypatch.setattr("service.facade.api.sessions.find_session", fail)
    answer = browser.get("/portal?sort=name")
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert answer.headers["Retry-After"] in answer.text
    assert "Try again" in answer.text


def test_pages_work_without_a_log_in_where_nobody_needs_a_key(app, resources):
    from dataclasses import replace

    from service.facade.api.base import EXTENSION

    app.extensions[EXTENSION] = replace(resources, settings=replace(resources.settings, auth="off"))
    browser = FlaskClient(app, app.response_class)
    assert browser.get("/portal", headers=PAGE).status_code == 200
    assert browser.get("/portal/login", headers=PAGE).location == "/portal"


def test_pages_have_a_policy_that_lets_nothing_else_in(browser):
    headers = browser.get("/portal/login").headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "Cookie" in headers["Vary"]
    assert headers["Cache-Control"] == "no-store"


def test_assets_are_kept_for_ever_at_addresses_that_change_with_them(browser):
    address = re.search(r'href="(/portal/static/portal.css\?v=\w+)"', browser.get("/portal/login").text)[1]

    kept = browser.get(address, headers={"Accept-Encoding": "gzip"})
    assert (kept.mimetype, kept.headers["Content-Encoding"]) == ("text/css", "gzip")
    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    other = browser.get(address[:-1] + "x")
    assert other.headers["Cache-Control"] == "no-cache"
    assert browser.get(address, headers={"If-None-Match": other.headers["ETag"]}).status_code == 304


def test_browsers_begin_at_the_portal_and_programs_at_the_api(browser):
    assert browser.get("/").location == "/portal"
    assert browser.get("/", headers={"Accept": "*/*"}).location == "/docs"


@pytest.mark.parametrize("name", ["../site.py", "%2e%2e/site.py", "none.css", "..%2Fsite.py"])
def test_nothing_but_assets_is_handed_out(browser, name):
    assert browser.get(f"/portal/static/{name}").status_code == 404
