"""Requests as bytes, for what boto3 would never send."""

import json
from collections.abc import Callable
from typing import Any

from werkzeug.test import Client, TestResponse

from service.wire import TARGET_PREFIX

SCOPE = "20260301/local-1/lookoutequipment/aws4_request"
SIGNED = f"AWS4-HMAC-SHA256 Credential=lookout/{SCOPE}, SignedHeaders=host, Signature=00"


def send(app: Callable, operation: str, body: Any, **headers: str) -> TestResponse:
    """Send one call; `body` is JSON data, or bytes as they are. A header that is None is left out."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    usual = {
        "X-Amz-Target": f"{TARGET_PREFIX}.{operation}",
        "Content-Type": "application/x-amz-json-1.0",
        "Authorization": SIGNED,
    }
    chosen = usual | {name.replace("_", "-"): value for name, value in headers.items()}
    return Client(app).post(
        "/", data=data, headers={name: value for name, value in chosen.items() if value is not None}
    )


def error_of(response: TestResponse) -> tuple[int, str, str]:
    """(status, code, message) of a refused call."""
    body = json.loads(response.data)
    namespace, _, code = body["__type"].partition("#")
    assert namespace == "com.amazonaws.thorbrain"
    return response.status_code, code, body["Message"]
