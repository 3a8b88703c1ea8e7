"""Requests that are refused before an operation is reached, and what is beside the protocol."""

import json
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from raw_calls import SIGNED, error_of, send
from werkzeug.test import Client

from service.engine.app import BODY_MAX, create_app
from service.engine.operations import OPERATIONS
from service.engine.resources import Resources
from service.engine.store.database import open_database
from service.wire import TARGET_PREFIX, service_model


def test_every_operation_of_the_service_model_is_built():
    assert OPERATIONS.keys() == set(service_model().operation_names)


@pytest.mark.parametrize(
    "target", ["AWSLookoutEquipmentFrontendService.MakeCoffee", "Other.ListModels", "ListModels", None]
)
def test_a_target_that_names_no_operation_is_refused(app: Callable, target: str | None):
    status, code, _ = error_of(send(app, "", {}, X_Amz_Target=target))
    assert (status, code) == (400, "UnknownOperationException")


@pytest.mark.parametrize(
    "body", [b"{", b"not json", b"[]", b"null", b'"text"', b'{"a": NaN}', b"\xff\xfe", b'{"a": "\\ud800"}']
)
def test_a_body_that_is_no_json_object_is_refused(app: Callable, body: bytes):
    status, code, _ = error_of(send(app, "ListModels", body))
    assert (status, code) == (400, "SerializationException")


def test_an_empty_body_is_a_request_without_members(app: Callable):
    assert send(app, "ListModels", b"").status_code == 200


@pytest.mark.parametrize(
    ("operation", "body", "message"),
    [
        ("DescribeModel", {"ModelName": 5}, "Expected a string at 'modelName', found a number."),
        ("ListModels", {"MaxResults": "5"}, "Expected a whole number at 'maxResults', found a string."),
        ("ListModels", {"MaxResults": 5.5}, "Expected a whole number at 'maxResults', found a number."),
        ("ListModels", {"MaxResults": True}, "Expected a whole number at 'maxResults', found a boolean."),
        ("TagResource", {"Tags": {}}, "Expected a list at 'tags', found an object."),
        ("TagResource", {"Tags": [{"Key": []}]}, "Expected a string at 'tags.1.member.key', found a list."),
        ("TagResource", {"Tags": [None]}, "Expected an object at 'tags.1.member', found null."),
        (
            "CreateInferenceScheduler",
            {"DataInputConfiguration": "x"},
            "Expected an object at 'dataInputConfiguration', found a string.",
        ),
        (
            "ListInferenceEvents",
            {"IntervalStartTime": "noon"},
            "Expected a time in epoch seconds at 'intervalStartTime', found a string.",
        ),
        (
            "ListInferenceEvents",
            {"IntervalStartTime": 1e20},
            "Expected a time in epoch seconds at 'intervalStartTime', found a number.",
        ),
        (
            "CreateModel",
            {"OffCondition": "pump\\s<1\x00"},
            "The string at 'offCondition' contains a NUL character.",
        ),
    ],
)
def test_a_member_of_the_wrong_type_is_named(app: Callable, operation: str, body: Any, message: str):
    assert error_of(send(app, operation, body)) == (400, "SerializationException", message)


@pytest.mark.parametrize("moment", [1772368200, 1772368200.5, "2026-03-01T12:30:00Z", "2026-03-01T12:30:00", -1])
def test_times_are_taken_as_numbers_and_as_iso_text(app: Callable, moment: Any):
    body = {"InferenceSchedulerName": "none", "DataStartTimeAfter": moment}
    assert send(app, "ListInferenceExecutions", body).status_code == 200


def test_a_body_over_the_limit_is_refused(app: Callable):
    status, code, message = error_of(send(app, "ListModels", b" " * (BODY_MAX + 1)))
    assert (status, code) == (413, "RequestEntityTooLargeException")
    assert str(BODY_MAX) in message


def test_a_body_over_the_limit_is_refused_when_its_length_is_not_told(app: Callable):
    chunked = {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    headers = {"X-Amz-Target": f"{TARGET_PREFIX}.ListModels", "Authorization": SIGNED}
    body = BytesIO(b"{}" + b" " * BODY_MAX)
    response = Client(app).post("/", input_stream=body, headers=headers, environ_overrides=chunked)
    assert error_of(response)[:2] == (413, "RequestEntityTooLargeException")


def test_a_body_of_the_limit_is_read(app: Callable):
    assert send(app, "ListModels", b" " * BODY_MAX).status_code == 200


def test_a_request_that_is_not_signed_is_refused(app: Callable):
    status, code, _ = error_of(send(app, "ListModels", {}, Authorization=None))
    assert (status, code) == (400, "MissingAuthenticationTokenException")


@pytest.mark.parametrize(
    "header",
    [
        "Bearer abc",
        "AWS4-HMAC-SHA256 nonsense",
        "AWS4-HMAC-SHA256 Credential=k/20260301/r/lookoutequipment/aws4_request, SignedHeaders=host",
        "AWS4-HMAC-SHA256 Credential=k/r/aws4_request, SignedHeaders=host, Signature=0",
        "AWS4-HMAC-SHA256 Credential=k/20260301/r/s3/aws4_request, SignedHeaders=host, Signature=0",
    ],
)
def test_a_malformed_authorization_is_refused(app: Callable, header: str):
    status, code, _ = error_of(send(app, "ListModels", {}, Authorization=header))
    assert (status, code) == (400, "IncompleteSignatureException")


def test_what_fails_inside_is_a_500_with_the_request_id_and_no_details(engine_resources: Resources):
    broken = create_app(engine_resources.settings, replace(engine_resources, database="secret"))
    response = send(broken, "ListModels", {})
    status, code, message = error_of(response)
    assert (status, code) == (500, "InternalServerException")
    assert response.headers["x-amzn-requestid"] in message
    assert "secret" not in message


def test_a_database_that_is_away_is_a_503_that_clients_try_again(engine_resources: Resources):
    nowhere = open_database("postgresql://127.0.0.1:1/none")
    app = create_app(engine_resources.settings, replace(engine_resources, database=nowhere))
    status, code, message = error_of(send(app, "ListModels", {}))
    assert (status, code) == (503, "ServiceUnavailableException")
    assert "127.0.0.1" not in message


def test_the_probes_tell_alive_from_ready(app: Callable, engine_resources: Resources):
    assert Client(app).get("/healthz").json == {"status": "ok"}
    assert Client(app).get("/readyz").status_code == 200
    nowhere = open_database("postgresql://127.0.0.1:1/none")
    lost = Client(create_app(engine_resources.settings, replace(engine_resources, database=nowhere)))
    assert lost.get("/healthz").status_code == 200
    assert lost.get("/readyz").status_code == 503
    assert lost.get("/readyz").json["database"] == "PostgreSQL does not answer"


def test_other_methods_and_paths_are_not_served(app: Callable):
    wrong_method = Client(app).get("/")
    assert (wrong_method.status_code, wrong_method.headers["Allow"]) == (405, "POST")
    assert Client(app).post("/healthz").status_code == 405
    assert Client(app).post("/other").status_code == 404


def test_one_line_is_logged_per_call(app: Callable, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture):
    from structlog.testing import capture_logs

    with capture_logs() as lines:
        response = send(app, "DescribeModel", {"ModelName": "none"})
    (line,) = lines
    assert line["event"] == "call_answered"
    assert (line["operation"], line["status"], line["error_code"]) == (
        "DescribeModel",
        400,
        "ResourceNotFoundException",
    )
    assert line["duration_ms"] > 0
    assert json.loads(response.data)["__type"].endswith(line["error_code"])
