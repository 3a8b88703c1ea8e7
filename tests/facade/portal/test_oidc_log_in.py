"""Logging in at an identity provider: the code flow with PKCE, and every way in which it must not let somebody in."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from flask.testing import FlaskClient
from local_issuer import serving_issuer
from local_provider import CLIENT, SECRET, Provider

from service.facade.api.base import EXTENSION
from service.facade.api.sessions import COOKIE
from service.facade.identity import connect_issuer, connect_log_ins
from service.facade.rate_limits import RateLimits
from service.rates import Rate
from service.settings import SettingsError, load_settings

PAGE = {"Accept": "text/html"}
PUBLIC = "https://lookout.example.com"


@pytest.fixture(scope="module")
def one_provider() -> Iterator[Provider]:
    with serving_issuer(Provider) as provider:
        yield provider


@pytest.fixture
def provider(one_provider) -> Iterator[Provider]:
    yield one_provider
    one_provider.documents.clear()
    one_provider.claims.clear()
    one_provider.refuses, one_provider.in_form = "", False


@pytest.fixture
def browser(app, resources, provider) -> FlaskClient:
    """Somebody at the public address of a service that trusts the provider."""
    settings = replace(
        resources.settings, oidc_issuer=provider.url, oidc_audience="lookout", oidc_client_id=CLIENT,
        oidc_client_secret=SECRET, public_url=PUBLIC,
    )  # fmt: skip
    tokens = connect_issuer(settings)
    app.extensions[EXTENSION] = replace(
        resources, settings=settings, tokens=tokens, log_ins=connect_log_ins(settings, tokens)
    )
    browser = FlaskClient(app, app.response_class)
    browser.environ_base |= {"HTTP_ACCEPT": "text/html", "wsgi.url_scheme": "https", "HTTP_HOST": "lookout.example.com"}
    return browser


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def sent_back(address: str) -> str:
    """Where the provider sends a browser that comes to this address."""
    with pytest.raises(HTTPError) as led:
        build_opener(_Stay).open(address, timeout=5)
    assert led.value.code == 302
    return led.value.headers["Location"]


def leave(browser: FlaskClient, wanted: str = "/portal") -> str:
    led = browser.get("/portal/login/oidc?" + urlencode({"next": wanted}))
    assert led.status_code == 303
    return led.location


def come_back(browser: FlaskClient, address: str, **changes: str):
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{PUBLIC}/portal/login/callback"
    sent = {name: values[0] for name, values in parse_qs(parts.query).items()} | changes
    return browser.get(f"{parts.path}?{urlencode({name: value for name, value in sent.items() if value})}")


def refused(browser: FlaskClient, answer) -> str:
    """The words in which nobody was let in."""
    assert answer.status_code == 401, answer.text
    assert browser.get_cookie(f"__Host-{COOKIE}", "lookout.example.com") is None
    start = answer.text.index('role="alert">') + len('role="alert">')
    return answer.text[start : answer.text.index("<", start)]


def test_a_log_in_leads_through_the_provider_to_the_page_that_was_wanted(browser):
    assert (
        'href="/portal/login/oidc?next=/portal%3Fsort%3Dname"'
        in browser.get("/portal?sort=name", follow_redirects=True).text
    )

    back = come_back(browser, sent_back(leave(browser, "/portal?sort=name")))

    assert (back.status_code, back.location) == (303, "/portal?sort=name")
    page = browser.get("/portal").text
    assert "oidc:alice" in page
    assert ">plant<" in page


def test_a_provider_that_wants_the_secret_in_the_form_gets_it_there(browser, provider):
    provider.in_form = True
    assert come_back(browser, sent_back(leave(browser))).status_code == 303


def test_the_scopes_of_the_token_hold_and_the_log_in_is_audited(browser, provider, client_of, unique):
    provider.claims |= {"team": f"oidc-{unique}", "scope": "lookout:read"}
    come_back(browser, sent_back(leave(browser)))

    assert browser.get("/v1/schedulers").status_code == 200
    assert browser.get("/v1/audit-log").status_code == 403
    entries = client_of(f"oidc-{unique}").get("/v1/audit-log").json["entries"]
    assert ("finish_oidc_log_in", "oidc:alice", 303) in {
        (entry["operation_id"], entry["actor"], entry["status"]) for entry in entries
    }


def test_a_code_is_taken_once_and_by_the_browser_that_left_for_it(browser, app):
    address = sent_back(leave(browser))
    stranger = FlaskClient(app, app.response_class)
    stranger.environ_base |= browser.environ_base

    assert "another browser" in refused(stranger, come_back(stranger, address))
    assert come_back(browser, address).status_code == 303
    browser.delete_cookie(f"__Host-{COOKIE}", domain="lookout.example.com")
    assert "another browser" in refused(browser, come_back(browser, address))


@pytest.mark.parametrize("changes", [{"state": "guessed"}, {"state": ""}, {"iss": "https://other.example"},
                                     {"code": "guessed"}, {"code": ""}])  # fmt: skip
def test_what_comes_back_otherwise_than_it_left_is_refused(browser, changes):
    refused(browser, come_back(browser, sent_back(leave(browser)), **changes))


@pytest.mark.parametrize(
    "claims",
    [{"nonce": "of another log-in"}, {"nonce": None}, {"aud": "lookout"}, {"aud": [CLIENT, "x"], "azp": "x"},
     {"iss": "https://other.example"}, {"exp": 1}, {"team": None}],
    ids=str,
)  # fmt: skip
def test_a_token_that_is_not_for_this_log_in_is_refused(browser, provider, claims):
    provider.claims |= claims
    refused(browser, come_back(browser, sent_back(leave(browser))))


def test_whoever_guesses_codes_is_limited_before_the_provider_is_asked(browser, app, provider, unique):
    present = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(present, rate_limits=RateLimits(present.cache, (Rate(3, 60),)))
    browser.environ_base["REMOTE_ADDR"] = f"guesser of {unique}"
    address = sent_back(leave(browser))
    said = [come_back(browser, address, code="guessed").status_code for _ in range(4)]
    assert said == [401, 401, 429, 429]


def test_a_token_opens_no_session_that_outlives_it(browser, provider):
    token = provider.token(aud="lookout")
    assert browser.get("/portal", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert "token, not a key" in refused(browser, browser.post("/portal/login", data={"key": token}))


def test_what_the_provider_says_no_to_is_said(browser, provider):
    provider.refuses = "access_denied"
    assert "access_denied" in refused(browser, come_back(browser, sent_back(leave(browser))))


def test_a_provider_that_is_away_is_a_page_that_says_when_to_try_again(browser, provider):
    provider.documents["/.well-known/openid-configuration"] = b"out of order"
    answer = browser.get("/portal/login/oidc")
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert "Retry-After" in answer.headers


def test_addresses_of_a_provider_that_cannot_be_trusted_lead_nowhere(browser, provider):
    provider.documents["/.well-known/openid-configuration"] = {
        "issuer": provider.url,
        "authorization_endpoint": "javascript:alert(1)",
    }
    assert browser.get("/portal/login/oidc").status_code == 503


def test_without_a_client_id_only_keys_are_offered(app):
    browser = FlaskClient(app, app.response_class)
    assert "/portal/login/oidc" not in browser.get("/portal/login", headers=PAGE).text
    assert browser.get("/portal/login/oidc", headers=PAGE).status_code == 404


def test_a_client_id_needs_an_issuer_and_an_address_to_come_back_to():
    with pytest.raises(SettingsError, match="LOOKOUT_OIDC_CLIENT_ID: needs LOOKOUT_OIDC_ISSUER"):
        load_settings({"LOOKOUT_OIDC_CLIENT_ID": "portal"})
