"""What no route may forget: unknown parameters, long bodies and keys that are none are refused everywhere."""

import pytest
from problem_checks import problem_of

from service.facade.api.sent_bodies import JSON_BODY_BYTES

VALUES = {"name": "css/swagger-ui.css", "slug": "bad-request", "event_id": "20260301T120500Z"}


@pytest.fixture
def routes(one_app) -> list[tuple[str, str]]:
    """(method, rule) of every route but those of pages for people, whose links gather parameters on their way."""
    return sorted(
        (method, rule.rule)
        for rule in one_app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith("/portal")
    )


@pytest.fixture
def of_the_api(routes) -> list[tuple[str, str]]:
    return [route for route in routes if route[1].startswith("/v1/")]


@pytest.fixture
def address(client, upstream, name):
    """The address of a rule, with a scheduler that is there."""
    upstream.add_scheduler(name, "STOPPED")

    def filled(rule: str) -> str:
        for part in rule.split("<")[1:]:
            said = part.split(">")[0]
            value = VALUES.get(said.rpartition(":")[2], name if "name" in said else "x" * 32)
            rule = rule.replace(f"<{said}>", value)
        return rule

    return filled


def test_an_unknown_parameter_is_named(client, address, routes):
    for method, rule in routes:
        response = client.open(f"{address(rule)}?no_such_parameter=1", method=method, json={})

        problem = problem_of(response, 422, "invalid-request")
        assert "no_such_parameter" in [item.get("parameter") for item in problem["errors"]], (method, rule)


def test_a_body_that_is_announced_as_too_long_is_not_read(client, address, of_the_api, resources):
    most = max(JSON_BODY_BYTES, resources.settings.upload_max_bytes)
    for method, rule in of_the_api:
        response = client.open(address(rule), method=method, environ_overrides={"CONTENT_LENGTH": str(most + 1)})

        assert response.status_code == 413, (method, rule)
        assert f"{most:,}" in response.json["detail"] or f"{JSON_BODY_BYTES:,}" in response.json["detail"], rule


def test_every_post_reads_its_idempotency_key(client, address, of_the_api):
    for method, rule in of_the_api:
        if method == "POST":
            response = client.open(address(rule), method=method, headers={"Idempotency-Key": "two words"}, json={})

            problem = problem_of(response, 422, "invalid-request")
            assert problem["errors"][0]["parameter"] == "Idempotency-Key", rule
