"""ETag, If-None-Match and If-Match on every resource."""

import pytest
from problem_checks import problem_of

from service.facade.api.answers import json_bytes
from service.facade.usecases.operations import follow


@pytest.fixture
def address(upstream, name) -> str:
    upstream.add_scheduler(name, "STOPPED")
    return f"/v1/schedulers/{name}"


@pytest.fixture
def tag(client, address) -> str:
    return client.get(address).headers["ETag"]


@pytest.mark.parametrize(
    "path", ["/v1/schedulers/{name}", "/v1/operations/{operation}", "/v1/models/pump-model", "/v1/schedulers"]
)
def test_every_resource_has_a_strong_tag_and_is_not_sent_twice(client, resources, address, name, path):
    operation = follow(resources, "default", "stop_scheduler", name, "STOPPING").id
    where = path.format(name=name, operation=operation)

    first = client.get(where)
    again = client.get(where, headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["ETag"].startswith('"')
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Content-Type" not in again.headers
    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == "private, no-cache"


def test_what_smorest_dumps_and_what_a_view_writes_have_one_tag(client, resources, address, name):
    operation = follow(resources, "default", "stop_scheduler", name, "STOPPING").id
    shown = client.get(f"/v1/operations/{operation}")

    assert shown.data == json_bytes(shown.json)


@pytest.mark.parametrize("form", ["{tag}", "W/{tag}", '"other", {tag}', "*", 'W/"other" , W/{tag}'])
def test_a_caller_who_has_it_is_told_so(client, address, tag, form):
    response = client.get(address, headers={"If-None-Match": form.format(tag=tag)})

    assert response.status_code == 304


@pytest.mark.parametrize("form", ['"other"', "", 'W/"other", "another"'])
def test_a_caller_who_has_another_gets_it(client, address, form):
    assert client.get(address, headers={"If-None-Match": form}).status_code == 200


def test_head_has_the_headers_of_get(client, address, tag):
    response = client.head(address)

    assert (response.status_code, response.headers["ETag"], response.data) == (200, tag, b"")


@pytest.mark.parametrize("form", ["{tag}", '"other", {tag}', "*"])
def test_a_change_goes_through_when_the_tag_is_named(client, address, tag, form):
    response = client.patch(
        address, json={"data_delay_offset_in_minutes": 3}, headers={"If-Match": form.format(tag=tag)}
    )

    assert response.status_code == 200
    assert response.headers["ETag"] == client.get(address).headers["ETag"] != tag


@pytest.mark.parametrize("form", ['"other"', "W/{tag}", "", '"other", "another"', '""'])
@pytest.mark.parametrize("method", ["patch", "delete"])
def test_a_change_is_refused_when_it_is_not(client, address, name, upstream, tag, form, method):
    """A weak tag never holds here: RFC 9110 wants the strong comparison."""
    body = {"json": {"data_delay_offset_in_minutes": 3}} if method == "patch" else {}

    response = getattr(client, method)(address, headers={"If-Match": form.format(tag=tag)}, **body)

    problem_of(response, 412, "precondition-failed")
    assert upstream.schedulers[name]["DataDelayOffsetInMinutes"] == 0


def test_the_tag_of_a_compressed_answer_is_another_and_holds_everywhere(client, address):
    compressed = client.get(address, headers={"Accept-Encoding": "gzip"})
    tag = compressed.headers["ETag"]

    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    patch = client.patch(address, json={"data_delay_offset_in_minutes": 3}, headers={"If-Match": tag})
    assert patch.status_code == 200


def test_an_answer_that_is_no_success_has_no_tag_and_is_kept_by_nobody(client, name):
    response = client.get(f"/v1/schedulers/{name}")

    problem_of(response, 404, "scheduler-not-found")
    assert "ETag" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"
