"""Small objects got by the dozen: obstore spends on one a tenth of the time that boto3 does.

boto3 has the last word: what obstore cannot name, may not read or does not get through to is None here, and boto3 is
asked, which follows a bucket into its region and says in AWS's words what is wrong.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import cache, partial

import boto3
import obstore
from obstore.auth.boto3 import Boto3CredentialProvider
from obstore.exceptions import BaseError
from obstore.store import S3Store

from service.settings import Settings

StoreOf = Callable[[str], S3Store]  # by bucket; threads may share a store, for obstore lets go of the interpreter


def stores_of(settings: Settings, session: boto3.Session) -> StoreOf:
    """A store for each bucket, made when it is first asked for and addressed as boto3 does it."""
    return cache(partial(_store, settings, session))


def get_quickly(store_of: StoreOf, bucket: str, key: str) -> bytes | None:
    """The object; None when boto3 is to be asked."""
    if key != key.strip("/"):  # obstore would leave these slashes out
        return None
    try:
        return obstore.get(store_of(bucket), key).bytes().to_bytes()
    except (BaseError, OSError, ValueError):
        return None


def _store(settings: Settings, session: boto3.Session, bucket: str) -> S3Store:
    endpoint = settings.s3_endpoint_url
    keys = {"access_key_id": settings.aws_access_key_id, "secret_access_key": settings.aws_secret_access_key}
    return S3Store(
        bucket,
        config={
            "region": settings.aws_region,
            "virtual_hosted_style_request": not endpoint and "." not in bucket,  # a certificate is for one label
            **({"endpoint": endpoint} if endpoint else {}),
            **(keys if all(keys.values()) else {}),
        },
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=2),
            "timeout": timedelta(seconds=10),
        },
        retry_config={"max_retries": 0, "retry_timeout": timedelta(seconds=10)},
        credential_provider=None if all(keys.values()) else Boto3CredentialProvider(session),
    )
