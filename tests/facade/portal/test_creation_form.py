"""Creating a scheduler through the form, without a browser: what it offers, what it refuses and where, and once."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from keyed import client_holding, new_key

PAGE = {"Accept": "text/html"}
FORM = "/portal/schedulers/new"


@pytest.fixture
def team(unique) -> str:
    return f"plant-{unique}"


@pytest.fixture
def client(app, resources, team) -> FlaskClient:
    return client_holding(new_key(resources, team, ["operate"]), app)


@pytest.fixture
def filled(client, name) -> dict[str, str]:
    """The form as it is sent first, with a name and a bucket."""
    return values_in(client.get(FORM, headers=PAGE).text) | {
        "name": name, "input_bucket": "plant", "output_bucket": "plant"
    }  # fmt: skip


def values_in(page: str) -> dict[str, str]:
    """What a browser would send of the form."""
    values = {}
    for field in re.findall(r"<input [^>]*>", page):
        if name := re.search(r'name="([^"]*)"', field):
            values[name[1]] = unescape(re.search(r'value="([^"]*)"', field)[1])
    for name, options in re.findall(r'<select id="\w+" name="(\w+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', options)
        values[name] = unescape((chosen[1] if chosen[1] is not None else chosen[2]) if chosen else "")
    return values


def send(client: FlaskClient, values: dict[str, str]):
    return client.post(FORM, data=values, headers=PAGE)


def faults_in(page: str) -> dict[str, str]:
    return {name: unescape(said) for name, said in re.findall(r'<p class="fault" id="(\w+)-fault">([^<]*)', page)}


def test_the_form_begins_with_sensible_values(client):
    values = values_in(client.get(FORM, headers=PAGE).text)
    assert values | {"client_token": "", "csrf_token": ""} == {
        "csrf_token": "", "client_token": "", "model": "pump-model", "name": "pump-model", "frequency": "PT5M",
        "delay": "0", "input_bucket": values["input_bucket"], "input_prefix": "pump-model/input/",
        "output_bucket": values["output_bucket"], "output_prefix": "pump-model/output/", "time_zone": "+00:00",
        "timestamp_format": "yyyyMMddHHmmss", "delimiter": "_", "role": "",
    }  # fmt: skip


def test_it_is_created_and_shown(client, filled, upstream, name):
    created = send(client, filled | {"delay": "3", "delimiter": "space", "time_zone": "-05:30"})

    assert (created.status_code, created.location) == (303, f"/portal/schedulers/{name}")
    made = upstream.schedulers[name]
    assert (made["Status"], made["DataDelayOffsetInMinutes"]) == ("PENDING", 3)
    source = made["DataInputConfiguration"]
    assert source["InputTimeZoneOffset"] == "-05:30"
    assert source["InferenceInputNameConfiguration"]["ComponentTimestampDelimiter"] == " "
    assert source["S3InputConfiguration"] == {"Bucket": "plant", "Prefix": "pump-model/input/"}


def test_the_same_form_sent_twice_creates_once(client, filled, upstream):
    assert [send(client, filled).status_code for _ in range(2)] == [303, 303]
    assert upstream.calls.count("CreateInferenceScheduler") == 2
    assert len(upstream.schedulers) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "pümp"), ("model", ""), ("frequency", "PT7M"), ("delay", "61"), ("delay", "soon"),
     ("input_bucket", ""), ("input_bucket", "UPPER"), ("input_prefix", "no-slash"), ("output_bucket", ""),
     ("output_prefix", "no-slash"), ("time_zone", "UTC"), ("timestamp_format", "yyyy"), ("delimiter", "::"),
     ("role", "root")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(client, filled, upstream, field, value):
    refused = send(client, filled | {field: value, "delay": value if field == "delay" else "7"})

    assert refused.status_code == 422
    assert list(faults_in(refused.text)) == [field]
    described = re.search(rf'id="{field}"[^>]*aria-describedby="([^"]*)"[^>]*aria-invalid="true"', refused.text)
    assert f"{field}-fault" in described[1].split()
    kept = values_in(refused.text)
    assert kept["client_token"] == filled["client_token"]
    assert kept["delay"] == (value if field == "delay" else "7")
    assert "CreateInferenceScheduler" not in upstream.calls


def test_a_bucket_that_the_team_may_not_use_is_refused_at_its_field(client, filled, resources):
    refused = send(client, filled | {"output_bucket": resources.settings.staging_bucket})
    assert list(faults_in(refused.text)) == ["output_bucket"]


def test_what_the_engine_refuses_is_said_above_the_form(client, filled, upstream, name, team):
    upstream.add_scheduler(name, team=team)
    refused = send(client, filled)
    assert refused.status_code == 409
    assert 'role="alert">' in refused.text
    assert values_in(refused.text)["name"] == name


def test_while_the_engine_is_away_the_page_says_when_to_try_again(client, upstream):
    upstream.away = True
    answer = client.get(FORM, headers=PAGE)
    assert answer.status_code == 503
    assert "Try again" in answer.text


def test_a_model_that_has_a_scheduler_cannot_be_chosen(client, upstream, team):
    upstream.add_scheduler("first", team=team)
    page = client.get(FORM, headers=PAGE).text
    assert re.search(r'<option value="pump-model" disabled>pump-model \(has first\)', page)
    assert values_in(page)["model"] == ""


def test_buckets_that_are_the_services_own_are_not_offered(client, resources, bucket, monkeypatch):
    monkeypatch.setattr("service.facade.usecases.choices._MOST_BUCKETS", 10_000)  # other tests have theirs there, too
    page = client.get(FORM, headers=PAGE).text
    offered = set(re.findall(r'<option value="([^"]*)"></option>', page))
    assert bucket in offered
    assert not offered & {resources.settings.staging_bucket, resources.settings.engine_bucket}


def test_it_is_audited_under_its_name(client, filled, client_of, name, team):
    send(client, filled)
    entries = client_of(team).get("/v1/audit-log").json["entries"]
    assert (name, 303) in {(entry["inference_scheduler_name"], entry["status"]) for entry in entries}
