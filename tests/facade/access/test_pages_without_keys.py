"""Where authentication is off, what a web page asks a browser to send is refused: it is not on this machine."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from problem_checks import problem_of

from service.facade.api.base import EXTENSION


@pytest.fixture
def without_keys(app, resources) -> FlaskClient:
    settings = replace(resources.settings, auth="off", cors_origins="https://portal.example.com")
    app.extensions[EXTENSION] = replace(resources, settings=settings)
    return FlaskClient(app, app.response_class)


@pytest.mark.parametrize(
    "origin", ["https://evil.example.com", "http://localhost:3000", "null", "https://localhost.evil"]
)
def test_a_page_of_another_origin_changes_nothing(without_keys, upstream, name, origin):
    upstream.add_scheduler(name)
    answer = without_keys.post(f"/v1/schedulers/{name}/stop", headers={"Origin": origin})

    problem_of(answer, 401, "not-authenticated")
    assert upstream.schedulers[name]["Status"] == "RUNNING"


@pytest.mark.parametrize("host", ["evil.example.com", "127.0.0.1.evil.example.com:8000", "[", ""])
def test_a_name_that_leads_here_by_a_trick_reads_nothing_cached_or_not(without_keys, upstream, name, host):
    upstream.add_scheduler(name)
    for _ in range(3):
        assert without_keys.get(f"/v1/schedulers/{name}").status_code == 200

    problem_of(without_keys.get(f"/v1/schedulers/{name}", headers={"Host": host}), 401, "not-authenticated")


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "127.0.0.1:8000"},
        {"Host": "[::1]:8000"},
        {"Host": "localhost:8000", "Origin": "http://localhost:8000"},
        {"Host": "localhost:8000", "Origin": "https://portal.example.com"},
    ],
)
def test_programs_and_our_own_and_listed_pages_pass(without_keys, headers):
    assert without_keys.get("/v1/schedulers", headers=headers).status_code == 200
