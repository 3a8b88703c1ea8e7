"""Tokens of an identity provider: which are taken, whom they stand for, and what happens when it is away."""

import base64
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from local_issuer import AUDIENCE, Issuer, new_key, serving_issuer

from service.facade.domain.access import Caller
from service.facade.identity import connect_issuer
from service.facade.identity.issuer import PAUSE_SECONDS, RENEWED_AFTER_SECONDS, TRUSTED_SECONDS, IssuerKeys
from service.facade.identity.tokens import LEEWAY_SECONDS, TokenReader
from service.facade.problems import IssuerUnavailable, NotAuthenticated

DISCOVERY = "/.well-known/openid-configuration"


def encoded(part: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


@pytest.fixture(scope="module")
def one_issuer() -> Iterator[Issuer]:
    with serving_issuer() as issuer:
        yield issuer


@pytest.fixture
def issuer(one_issuer) -> Iterator[Issuer]:
    kept = list(one_issuer.keys)
    one_issuer.asked.clear()
    yield one_issuer
    one_issuer.keys[:] = kept
    one_issuer.documents.clear()


@dataclass
class Clock:
    moment: float = 0.0

    def __call__(self) -> float:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reader(issuer, clock) -> TokenReader:
    return reader_of(issuer.url, clock)


def reader_of(url: str, clock: Clock, jwks_url: str = "") -> TokenReader:
    return TokenReader(IssuerKeys(url, jwks_url, clock), AUDIENCE, "team", "scope")


def test_a_token_stands_for_its_team_and_the_scopes_that_are_ours(issuer, reader):
    assert reader.caller(issuer.token()) == Caller("plant", frozenset({"read"}), "oidc:alice")


@pytest.mark.parametrize(
    ("claim", "scopes"),
    [
        ("lookout:operate openid", {"operate"}),
        (["lookout:read", "admin"], {"read", "admin"}),
        ("readonly", set()),
        ("", set()),
        (None, set()),
        (7, set()),
        ([["read"], None], set()),
    ],
)
def test_scopes_are_a_text_or_a_list_with_a_prefix_or_without(issuer, reader, claim, scopes):
    assert reader.caller(issuer.token(scope=claim)).scopes == scopes


@pytest.mark.parametrize("kind", ["EC", "OKP"])
def test_keys_of_other_kinds_do_as_well(issuer, reader, kind):
    issuer.keys.append(new_key("other", kind))
    assert reader.caller(issuer.token(issuer.keys[1])).team == "plant"


@pytest.mark.parametrize("audience", [AUDIENCE, ["somebody", AUDIENCE]])
def test_one_audience_of_several_is_enough(issuer, reader, audience):
    assert reader.caller(issuer.token(aud=audience)).team == "plant"


@pytest.mark.parametrize("team", [["plant"], "plant"])
def test_a_list_of_one_team_names_it(issuer, reader, team):
    assert reader.caller(issuer.token(team=team)).team == "plant"


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another service"},
        {"aud": None},
        {"aud": ["a", "b"]},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"exp": None},
        {"exp": "tomorrow"},
        {"sub": None},
        {"team": None},
        {"team": ["plant", "other"]},
        {"team": "Not A Team"},
        {"team": {"name": "plant"}},
    ],
    ids=str,
)
def test_a_token_with_a_wrong_claim_is_refused(issuer, reader, claims):
    with pytest.raises(NotAuthenticated):
        reader.caller(issuer.token(**claims))


@pytest.mark.parametrize(
    ("claim", "seconds"), [("exp", -LEEWAY_SECONDS - 5), ("nbf", LEEWAY_SECONDS + 60), ("iat", LEEWAY_SECONDS + 60)]
)
def test_a_token_of_another_time_is_refused(issuer, reader, claim, seconds):
    with pytest.raises(NotAuthenticated):
        reader.caller(issuer.token(**{claim: int(time.time()) + seconds}))


def test_a_clock_that_differs_a_little_is_forgiven(issuer, reader):
    assert reader.caller(issuer.token(exp=int(time.time()) - LEEWAY_SECONDS + 10)).team == "plant"


@pytest.mark.parametrize("kind", ["logout+jwt", "dpop+jwt"])
def test_a_token_that_is_something_else_is_refused(issuer, reader, kind):
    with pytest.raises(NotAuthenticated):
        reader.caller(issuer.token(header={"typ": kind}))


@pytest.mark.parametrize("algorithm", ["none", "None", "", None, [], {"a": 1}, 7, "HS256", "RSA1_5", "dir"])
def test_a_token_that_is_not_signed_is_refused(issuer, reader, algorithm):
    _, claims, signature = issuer.token().split(".")
    for end in ("", signature):
        with pytest.raises(NotAuthenticated):
            reader.caller(f"{encoded({'alg': algorithm, 'kid': 'first'})}.{claims}.{end}")


@pytest.mark.parametrize("header", [{"kid": []}, {"kid": None}, {"crit": ["x"], "x": 1}, {"crit": 7}, {"b64": False}])
def test_a_header_that_nobody_writes_does_no_harm(issuer, reader, header):
    _, claims, signature = issuer.token().split(".")
    with pytest.raises(NotAuthenticated):
        reader.caller(f"{encoded({'alg': 'RS256', 'kid': 'first'} | header)}.{claims}.{signature}")


def test_the_public_key_is_no_secret_to_sign_with(issuer, reader):
    """CVE-2015-9235: a reader that let the token choose would take the published key for a shared secret."""
    _, claims, _ = issuer.token().split(".")
    signed = f"{encoded({'alg': 'HS256', 'kid': 'first'})}.{claims}"
    for public in (issuer.keys[0].as_pem(private=False), json.dumps(issuer.keys[0].as_dict(private=False)).encode()):
        signature = hmac.new(public, signed.encode(), "sha256").digest()
        with pytest.raises(NotAuthenticated):
            reader.caller(f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}")


def test_a_secret_among_the_keys_of_the_issuer_is_passed_over(issuer, reader):
    secret = OctKey.generate_key(256, {"kid": "secret"})
    issuer.documents["/keys"] = {"keys": [secret.as_dict(private=True), issuer.keys[0].as_dict(private=False)]}
    forged = jwt.encode({"alg": "HS256", "kid": "secret"}, {"iss": issuer.url}, secret, ["HS256"])

    with pytest.raises(NotAuthenticated):
        reader.caller(forged)
    assert reader.caller(issuer.token()).team == "plant"


def test_a_key_with_the_right_name_but_of_somebody_else_is_refused(issuer, reader):
    with pytest.raises(NotAuthenticated, match="not signed by the issuer"):
        reader.caller(issuer.token(new_key("first")))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "a.b.c.d.e", "ÿ.ÿ.ÿ", "." * 5000])
def test_what_is_no_token_is_refused(reader, token):
    with pytest.raises(NotAuthenticated):
        reader.caller(token)


def test_a_new_key_is_fetched_when_it_is_first_used(issuer, reader, clock):
    reader.caller(issuer.token())
    clock.moment += PAUSE_SECONDS
    issuer.keys[:] = [new_key("second")]

    assert reader.caller(issuer.token()).team == "plant"


def test_unknown_keys_do_not_make_us_a_burden_to_the_issuer(issuer, reader):
    reader.caller(issuer.token())
    stranger = issuer.token(new_key("stranger"))

    for _ in range(5):
        with pytest.raises(NotAuthenticated):
            reader.caller(stranger)

    assert issuer.asked == [DISCOVERY, "/keys"]


def test_keys_are_asked_for_again_after_an_hour(issuer, reader, clock):
    withdrawn = issuer.token()
    reader.caller(withdrawn)
    issuer.keys[:] = [new_key("second")]
    clock.moment += RENEWED_AFTER_SECONDS + 1

    with pytest.raises(NotAuthenticated):
        reader.caller(withdrawn)


def test_while_the_issuer_is_away_its_keys_are_believed_for_a_day(clock):
    with serving_issuer() as issuer:
        reader = reader_of(issuer.url, clock)
        token = issuer.token()
        reader.caller(token)

    clock.moment += TRUSTED_SECONDS - 1
    assert reader.caller(token).team == "plant"
    clock.moment += 2
    with pytest.raises(IssuerUnavailable):
        reader.caller(token)


def test_an_issuer_that_was_never_there_is_a_503_and_is_taken_up_when_it_comes(issuer, reader, clock):
    issuer.documents["/keys"] = None
    with pytest.raises(IssuerUnavailable):
        reader.caller(issuer.token())
    del issuer.documents["/keys"]
    with pytest.raises(IssuerUnavailable):
        reader.caller(issuer.token())  # it was asked a moment ago

    clock.moment += PAUSE_SECONDS
    assert reader.caller(issuer.token()).team == "plant"


def test_an_issuer_that_hangs_keeps_one_caller_and_no_other(issuer, reader, clock):
    known, stranger = issuer.token(), issuer.token(new_key("stranger"))
    reader.caller(known)
    clock.moment += RENEWED_AFTER_SECONDS + 1
    with reader.keys.guard:  # somebody is asking, and the issuer does not answer
        began = time.monotonic()
        assert reader.caller(known).team == "plant"
        with pytest.raises(IssuerUnavailable):
            reader.caller(stranger)
        assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("path", "document"),
    [
        (DISCOVERY, {"issuer": "https://elsewhere.example", "jwks_uri": "https://elsewhere.example/keys"}),
        (DISCOVERY, {"jwks_uri": "file:///etc/passwd"}),
        (DISCOVERY, ["no object"]),
        (DISCOVERY, b"no json"),
        ("/keys", {"keys": []}),
        ("/keys", {"keys": [{"kty": "RSA"}, {"kty": "new"}, "text"]}),
        ("/keys", {"keys": "text"}),
        ("/keys", b"x" * 600_000),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_strange_answer_of_the_issuer_is_no_key(issuer, reader, path, document):
    issuer.documents[path] = document
    with pytest.raises(IssuerUnavailable):
        reader.caller(issuer.token())


def test_nobody_is_led_to_another_address_for_keys(issuer, reader):
    with serving_issuer() as other:
        issuer.documents["/keys"] = f"{other.url}/keys"
        with pytest.raises(IssuerUnavailable):
            reader.caller(issuer.token(other.keys[0]))
        assert other.asked == []


def test_an_address_of_keys_in_the_settings_needs_no_discovery(issuer, clock):
    assert reader_of(issuer.url, clock, f"{issuer.url}/keys").caller(issuer.token()).team == "plant"
    assert issuer.asked == ["/keys"]


def test_a_token_opens_the_api(issuer, resources, client_of, upstream, name):
    """Through the whole of it: settings, header, team and scope."""
    settings = replace(resources.settings, oidc_issuer=issuer.url, oidc_audience=AUDIENCE)
    client = client_of()
    client.application.extensions["lookout"] = replace(resources, tokens=connect_issuer(settings))
    upstream.add_scheduler(name, team="plant")
    upstream.add_scheduler(f"{name}-theirs")
    headers = {"Authorization": f"Bearer {issuer.token()}"}

    assert client.get(f"/v1/schedulers/{name}", headers=headers).status_code == 200
    assert client.get(f"/v1/schedulers/{name}-theirs", headers=headers).status_code == 404
    assert client.post(f"/v1/schedulers/{name}/stop", headers=headers).status_code == 403
    assert client.get("/v1/schedulers", headers={"Authorization": "Bearer a.b.c"}).status_code == 401
