"""boto3 clients, made once per process: a pool as large as the threads, short timeouts, standard retries. And obstore's
stores, for many small puts."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from boto3 import Session
from botocore.client import BaseClient
from botocore.config import Config
from obstore.auth.boto3 import Boto3CredentialProvider
from obstore.store import S3Store

from service.facade.aws.correlating import correlated
from service.facade.aws.counting import counted
from service.facade.aws.places import places_for
from service.settings import Settings
from service.wire import client_session


@dataclass(frozen=True)
class Endurance:
    """How long an answer is waited for, in seconds, and how often a call is made in all."""

    read_timeout: float
    attempts: int


FOR_READS = Endurance(read_timeout=4.5, attempts=2)  # ten seconds in all, with the pause between the two
FOR_CHANGES = Endurance(read_timeout=6.5, attempts=2)  # an engine may wait for a busy row for five seconds itself
FOR_UPLOADS = Endurance(read_timeout=30, attempts=3)  # putting the parts of a large object together takes a while


@dataclass(frozen=True)
class Upstream:
    """Two `lookoutequipment` clients: a caller who reads is told soon that the upstream is slow, and a change, which
    can be repeated without harm, is given the time it needs."""

    reads: BaseClient
    changes: BaseClient


def connect_upstream(settings: Settings) -> Upstream:
    places = places_for(_connections(settings))
    reads, changes = (_upstream_client(settings, endurance) for endurance in (FOR_READS, FOR_CHANGES))
    return Upstream(*(correlated(counted(places.limit(client))) for client in (reads, changes)))


def _upstream_client(settings: Settings, endurance: Endurance) -> BaseClient:
    """A `lookoutequipment` client that also knows the replay operations."""
    config = Config(
        connect_timeout=2,
        read_timeout=endurance.read_timeout,
        max_pool_connections=_connections(settings),
        retries={"mode": "standard", "total_max_attempts": endurance.attempts},
    )
    endpoint = settings.lookoutequipment_endpoint_url or f"http://127.0.0.1:{settings.engine_port}"
    return _session().client("lookoutequipment", endpoint_url=endpoint, config=config, **_identity(settings))


def connect_s3(settings: Settings, endurance: Endurance = FOR_UPLOADS) -> BaseClient:
    """An S3 client. Other servers than AWS get path-style addresses and only the checksums they must have."""
    elsewhere = {
        "s3": {"addressing_style": "path"},
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
    }
    config = Config(
        connect_timeout=2,
        read_timeout=endurance.read_timeout,
        signature_version="s3v4",  # presigned addresses would have the old one
        max_pool_connections=max(40, _connections(settings)),
        retries={"mode": "standard", "total_max_attempts": endurance.attempts},
        **(elsewhere if settings.s3_endpoint_url else {}),
    )
    endpoint = settings.s3_endpoint_url or None
    return correlated(counted(_session().client("s3", endpoint_url=endpoint, config=config, **_identity(settings))))


def connect_store(settings: Settings, bucket: str) -> S3Store:
    """A bucket as obstore sees it, addressed and signed for as boto3 does it. It is tried twice, for ten seconds.

    Raises:
        ValueError: the chain has no credentials.
    """
    endpoint, identity = settings.s3_endpoint_url, _identity(settings)
    keys = {name.removeprefix("aws_"): said for name, said in identity.items() if said and name != "region_name"}
    return S3Store(
        bucket,
        config={
            "region": settings.aws_region,
            "virtual_hosted_style_request": not endpoint and "." not in bucket,  # a certificate is for one label
            **({"endpoint": endpoint} if endpoint else {}),
            **keys,
        },
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=2),
            "timeout": timedelta(seconds=10),
        },
        retry_config={"max_retries": 1, "retry_timeout": timedelta(seconds=10)},
        credential_provider=None if keys else Boto3CredentialProvider(_session()),
    )


@cache
def _session() -> Session:
    """One for all clients of the process: the second client of a session costs a tenth of the first."""
    return client_session()


def _connections(settings: Settings) -> int:
    return max(settings.http_threads, settings.worker_threads)


def _identity(settings: Settings) -> dict[str, Any]:
    """Region and, where the settings name one, the key; else boto3's own chain of credentials."""
    return {
        "region_name": settings.aws_region,
        "aws_access_key_id": settings.aws_access_key_id or None,
        "aws_secret_access_key": settings.aws_secret_access_key or None,
    }
