"""API keys over HTTP: who is let in, who is not, and what they are told."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from keyed import bearer, client_holding, new_key
from problem_checks import challenge_of, problem_of

from service.facade.domain.keys import id_of, mint
from service.facade.rate_limits import RateLimits
from service.facade.store.known_keys import FRESH_SECONDS
from service.facade.usecases.keys import revoke_key
from service.rates import Rate

HERE = "/v1/schedulers"


def test_without_credentials_the_challenge_names_no_error(nobody):
    """RFC 6750, section 3.1"""
    assert challenge_of(nobody.get(HERE)) == 'Bearer realm="lookout"'


@pytest.mark.parametrize("header", ["", "Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "lk_abc", "Token lk_abc"])
def test_credentials_of_another_kind_are_no_credentials(nobody, header):
    assert challenge_of(nobody.get(HERE, headers={"Authorization": header})).startswith('Bearer realm="lookout"')


@pytest.mark.parametrize("key", ["lk_", "lk_abc", "a.b.c", "x" * 5000, "lk_é", 'lk_"quoted"'])
def test_what_is_no_key_is_an_invalid_token(nobody, key):
    said = challenge_of(nobody.get(HERE, headers={"Authorization": f"Bearer {key}".encode().decode("latin-1")}))
    assert 'error="invalid_token", error_description="' in said
    assert said.count('"') == 6


def test_an_unknown_key_and_a_wrong_one_are_answered_alike(nobody, resources):
    real = new_key(resources)
    wrong = mint()
    answers = [nobody.get(HERE, headers=bearer(key)) for key in (wrong, real[:-1] + ("a" if real[-1] != "a" else "b"))]
    for answer in answers:
        challenge_of(answer)
    assert answers[0].json["detail"] == answers[1].json["detail"]
    assert answers[0].headers["WWW-Authenticate"] == answers[1].headers["WWW-Authenticate"]


def test_the_scheme_is_read_in_any_case(nobody, resources):
    assert nobody.get(HERE, headers={"Authorization": f"bEARER {new_key(resources)}"}).status_code == 200


@pytest.mark.parametrize("where", ["X-Api-Key", "X-API-Key"])
def test_there_is_one_way_to_send_a_key(nobody, resources, where):
    challenge_of(nobody.get(HERE, headers={where: new_key(resources)}))
    problem = nobody.get(f"{HERE}?access_token={new_key(resources)}")
    challenge_of(problem)


def test_a_missing_scope_is_a_403_that_names_it(client_of, name, upstream):
    upstream.add_scheduler(name)
    response = client_of(scopes=["read"]).post(f"{HERE}/{name}/stop")

    document = problem_of(response, 403, "insufficient-scope")
    assert "operate" in document["detail"]
    assert response.headers["WWW-Authenticate"].endswith('error="insufficient_scope", scope="operate"')
    assert "StopInferenceScheduler" not in upstream.calls


def test_somebody_elses_scheduler_is_answered_like_one_that_is_not_there(client_of, name, upstream):
    upstream.add_scheduler(name, team="other")
    client = client_of("default")

    theirs, nowhere = client.get(f"{HERE}/{name}"), client.get(f"{HERE}/{name}x")

    assert problem_of(theirs, 404, "scheduler-not-found").keys() == nowhere.json.keys()
    assert theirs.json["detail"].replace(name, "") == nowhere.json["detail"].replace(f"{name}x", "")


@pytest.mark.parametrize("address", ["/healthz", "/docs", "/openapi.json", "/problems/not-authenticated"])
def test_what_anybody_may_ask_needs_no_key(nobody, address):
    response = nobody.get(address)
    assert response.status_code == 200
    assert "RateLimit-Limit" not in response.headers


def test_an_address_that_does_not_exist_is_a_404_for_everybody(nobody):
    problem_of(nobody.get("/v1/nothing"), 404, "not-found")


def test_an_answer_that_is_at_hand_is_still_given_to_those_alone_who_may_have_it(
    client_of, resources, nobody, name, upstream, passing
):
    """The describe is the one answer that may be given without building a request."""
    upstream.add_scheduler(name)
    key = new_key(resources, scopes=["read"])
    client, address = client_holding(key, nobody.application), f"{HERE}/{name}"
    assert [client.get(address).status_code for _ in range(3)] == [200] * 3

    assert client_of("other").get(address).status_code == 404
    assert client_of(scopes=[]).get(address).status_code == 403
    for headers in ({}, bearer(mint()), bearer(key + "x"), {"Authorization": key}, bearer("a.b.c")):
        challenge_of(nobody.get(address, headers=headers))
    revoke_key(resources.database, id_of(key), "cli:tests", datetime.now(UTC))
    passing(FRESH_SECONDS)
    challenge_of(client.get(address))


def test_an_answer_that_is_at_hand_is_counted(app, client, resources, name, upstream):
    upstream.add_scheduler(name)
    limits = RateLimits(resources.cache, (Rate(3, 60),))
    app.extensions["lookout"] = replace(resources, rate_limits=limits)
    answers = [client.get(f"{HERE}/{name}") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]


def test_with_authentication_off_everybody_is_the_default_team(nobody, resources, upstream, name):
    settings = replace(resources.settings, auth="off")
    nobody.application.extensions["lookout"] = replace(resources, settings=settings)
    upstream.add_scheduler(name)
    upstream.add_scheduler(f"{name}-theirs", team="other")

    assert nobody.get(f"{HERE}/{name}").status_code == 200
    assert nobody.get(f"{HERE}/{name}-theirs").status_code == 404
    assert nobody.get("/v1/audit-log").status_code == 200
    assert nobody.get(HERE, headers=bearer("lk_wrong")).status_code == 200


def test_each_log_line_says_who_asked(client_of, capfd, name, upstream):
    upstream.add_scheduler(name, team="plant")
    client = client_of("plant")
    for _ in range(3):  # the last one is at hand
        client.get(f"{HERE}/{name}")
    lines = [line for line in "".join(capfd.readouterr()).splitlines() if "request_handled" in line]
    assert len(lines) == 3
    assert all("key:test" in line and "plant" in line for line in lines)


def test_no_key_is_ever_logged(client_of, resources, nobody, capfd):
    key = new_key(resources)
    client_holding(key, nobody.application).get(HERE)
    nobody.get(HERE, headers=bearer(key + "x"))
    said = "".join(capfd.readouterr())

    assert "request_handled" in said
    assert key not in said
    assert key.rpartition("_")[2] not in said
