"""Signature Version 4, verified when LOOKOUT_VERIFY_SIGNATURES is on; the signer is botocore's."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from engine_world import World, refused
from raw_calls import error_of, send
from werkzeug.test import Client, TestResponse
from wsgi_seam import equipment_client, led_in_process, served

from service.engine.app import create_app
from service.engine.clock import utc_now
from service.engine.resources import Resources
from service.settings import SettingsError
from service.wire import SERVICE, TARGET_PREFIX

KEY, SECRET = "lookout", "lookout-embedded"


@pytest.fixture
def strict_resources(engine_resources: Resources) -> Resources:
    """Signatures are verified, by the time of this machine."""
    settings = replace(engine_resources.settings, verify_signatures=True)
    return replace(engine_resources, settings=settings, clock=utc_now)


@pytest.fixture
def strict_app(strict_resources: Resources) -> Callable:
    return create_app(strict_resources.settings, strict_resources)


@pytest.fixture
def connect(strict_app: Callable, seam: str) -> Iterator[Callable[..., Any]]:
    """A function that makes a boto3 client of the strict engine, in process or over a socket."""
    if seam == "in process":
        yield lambda **credentials: led_in_process(equipment_client("local-1", **credentials), strict_app)
        return
    with served(strict_app) as url:
        yield lambda **credentials: equipment_client("local-1", endpoint_url=url, **credentials)


def signed(body: bytes = b"{}", **headers: str) -> dict[str, str]:
    """The headers of a ListModels call that botocore has signed."""
    request = AWSRequest(
        "POST",
        "http://localhost/",
        headers={"X-Amz-Target": f"{TARGET_PREFIX}.ListModels", "Content-Type": "application/x-amz-json-1.0"} | headers,
        data=body,
    )
    SigV4Auth(Credentials(KEY, SECRET), SERVICE, "local-1").add_auth(request)
    return dict(request.headers.items())


def post(app: Callable, headers: dict[str, str], body: bytes = b"{}") -> TestResponse:
    return Client(app).post("/", data=body, headers=headers)


def test_a_client_with_the_right_credentials_is_served(connect: Callable):
    assert connect(key=KEY, secret=SECRET).list_models()["ModelSummaries"] == []


def test_a_wrong_secret_is_refused(connect: Callable):
    message = refused("InvalidSignatureException", connect(key=KEY, secret="wrong").list_models)
    assert "does not match" in message


def test_a_foreign_access_key_is_refused(connect: Callable):
    message = refused("AccessDeniedException", connect(key="stranger", secret=SECRET).list_models)
    assert "'stranger'" in message


def test_nothing_is_verified_unless_it_is_asked_for(world_both_ways: World, engine_resources: Resources):
    assert not engine_resources.settings.verify_signatures
    assert world_both_ways.client.list_models()["ModelSummaries"] == []


def test_a_signed_request_is_served_as_it_is(strict_app: Callable):
    assert post(strict_app, signed()).status_code == 200


def test_a_body_that_was_changed_is_refused(strict_app: Callable):
    status, code, _ = error_of(post(strict_app, signed(), b'{"MaxResults":1}'))
    assert (status, code) == (400, "InvalidSignatureException")


def test_another_operation_than_the_signed_one_is_refused(strict_app: Callable):
    headers = signed() | {"X-Amz-Target": f"{TARGET_PREFIX}.ListDatasets"}
    assert error_of(post(strict_app, headers))[1] == "InvalidSignatureException"


def test_an_amz_header_outside_the_signature_is_refused(strict_app: Callable):
    _, code, message = error_of(post(strict_app, signed() | {"X-Amz-Security-Token": "smuggled"}))
    assert code == "InvalidSignatureException"
    assert "x-amz-security-token" in message


def test_a_session_token_is_refused_for_the_engine_hands_out_none(strict_app: Callable):
    _, code, message = error_of(post(strict_app, signed(**{"X-Amz-Security-Token": "of-elsewhere"})))
    assert code == "UnrecognizedClientException"
    assert "AWS_SESSION_TOKEN" in message


def test_the_claimed_hash_of_the_body_is_checked(strict_app: Callable):
    """UNSIGNED-PAYLOAD would leave the body open to change."""
    headers = signed(**{"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"})
    assert error_of(post(strict_app, headers))[1] == "InvalidSignatureException"


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_signature_more_than_five_minutes_off_is_refused(strict_resources: Resources, minutes: int):
    elsewhere = replace(strict_resources, clock=lambda: datetime.now(UTC) + timedelta(minutes=minutes))
    _, code, message = error_of(post(create_app(strict_resources.settings, elsewhere), signed()))
    assert code == "InvalidSignatureException"
    assert message.startswith("Signature expired")


@pytest.mark.parametrize("minutes", [-4, 4])
def test_a_signature_less_than_five_minutes_off_is_served(strict_resources: Resources, minutes: int):
    elsewhere = replace(strict_resources, clock=lambda: datetime.now(UTC) + timedelta(minutes=minutes))
    assert post(create_app(strict_resources.settings, elsewhere), signed()).status_code == 200


@pytest.mark.parametrize("date", ["yesterday", "", "20200101T000000Z"])
def test_a_date_that_is_none_or_not_the_signed_one_is_refused(strict_app: Callable, date: str):
    assert error_of(post(strict_app, signed() | {"X-Amz-Date": date}))[1] == "InvalidSignatureException"


def test_a_request_that_is_not_signed_is_refused_when_verifying(strict_app: Callable):
    assert error_of(send(strict_app, "ListModels", {}, Authorization=None))[1] == "MissingAuthenticationTokenException"


def test_verifying_without_a_secret_in_the_settings_does_not_start(strict_resources: Resources):
    settings = replace(strict_resources.settings, aws_secret_access_key="")
    with pytest.raises(SettingsError, match="AWS_SECRET_ACCESS_KEY"):
        create_app(settings, strict_resources)
