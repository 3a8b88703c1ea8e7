"""boto3 clients for one question each: short timeouts, no second try."""

from functools import cache
from threading import Lock

from boto3 import Session
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
)

from service.settings import Settings
from service.wire import client_session

FAULTS = (BotoCoreError, ClientError)
SLOW = (ReadTimeoutError, ConnectTimeoutError)
NO_CREDENTIALS = (NoCredentialsError, PartialCredentialsError)
_making = Lock()  # a session makes one client at a time
_ONCE = {"connect_timeout": 2, "read_timeout": 4, "retries": {"mode": "standard", "total_max_attempts": 1}}


def s3_client(settings: Settings) -> BaseClient:
    """Addressed and signed for as the facade does it."""
    elsewhere = {
        "s3": {"addressing_style": "path"},
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
    }
    config = Config(signature_version="s3v4", **_ONCE, **(elsewhere if settings.s3_endpoint_url else {}))
    return _client("s3", settings, settings.s3_endpoint_url, config)


def engine_client(settings: Settings) -> BaseClient:
    return _client("lookoutequipment", settings, settings.lookoutequipment_endpoint_url, Config(**_ONCE))


def error_code(error: Exception) -> str:
    """The code of an answer; empty where there was none."""
    return error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""


@cache
def _session() -> Session:
    """One for all clients: the second one costs a tenth of the first."""
    return client_session()


def _client(service: str, settings: Settings, endpoint: str, config: Config) -> BaseClient:
    with _making:
        return _session().client(
            service,
            endpoint_url=endpoint or None,
            region_name=settings.aws_region,
            aws_access_key_id=settings.aws_access_key_id or None,
            aws_secret_access_key=settings.aws_secret_access_key or None,
            config=config,
        )
