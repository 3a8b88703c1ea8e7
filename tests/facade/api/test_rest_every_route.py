"""What no route may forget: unknown parameters, long bodies and keys that are none are refused everywhere."""

import pytest
from problem_checks import problem_of

from service.facade.api.sent_bodies import JSON_BODY_BYTES
from service.facade.app import bare_app

VALUES = {"name": "css/swagger-ui.css", "slug": "bad-request", "event_id": "20260301T120500Z"}
ROUTES = sorted(
    (method, rule.rule, rule.endpoint)
    for rule in bare_app().url_map.iter_rules()
    for method in rule.methods - {"HEAD", "OPTIONS"}
    if not rule.rule.startswith("/portal")  # pages are for people, whose links gather parameters on their way
)
OF_THE_API = [route for route in ROUTES if route[1].startswith("/v1/")]


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


@pytest.mark.parametrize(("method", "rule", "endpoint"), ROUTES)
def test_an_unknown_parameter_is_named(client, address, method, rule, endpoint):
    response = client.open(f"{address(rule)}?no_such_parameter=1", method=method, json={})

    problem = problem_of(response, 422, "invalid-request")
    assert "no_such_parameter" in [item.get("parameter") for item in problem["errors"]], endpoint


@pytest.mark.parametrize(("method", "rule", "endpoint"), OF_THE_API)
def test_a_body_that_is_announced_as_too_long_is_not_read(client, address, method, rule, endpoint, resources):
    most = max(JSON_BODY_BYTES, resources.settings.upload_max_bytes)

    response = client.open(address(rule), method=method, environ_overrides={"CONTENT_LENGTH": str(most + 1)})

    assert response.status_code == 413, endpoint
    assert f"{most:,}" in response.json["detail"] or f"{JSON_BODY_BYTES:,}" in response.json["detail"]


@pytest.mark.parametrize(("method", "rule", "endpoint"), [route for route in OF_THE_API if route[0] == "POST"])
def test_every_post_reads_its_idempotency_key(client, address, method, rule, endpoint):
    response = client.open(address(rule), method=method, headers={"Idempotency-Key": "two words"}, json={})

    assert problem_of(response, 422, "invalid-request")["errors"][0]["parameter"] == "Idempotency-Key", endpoint
