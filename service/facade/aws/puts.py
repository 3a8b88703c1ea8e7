"""Small objects put by the thousand: obstore spends on one a tenth of the time that boto3 does.

boto3 has the last word. What obstore cannot name, may not do or does not get through is put by boto3, which follows a
bucket into its region, reads keys of every form, and says in AWS's words what is wrong. Both make a plain PUT, so the
ETag of an object does not depend on who put it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import obstore
from botocore.client import BaseClient
from obstore.exceptions import BaseError
from obstore.store import S3Store

from service.facade.aws.clients import connect_store
from service.facade.aws.s3_faults import storage_faults
from service.facade.counts import count_upstream_call
from service.settings import Settings

_LARGEST = 8 * 1024 * 1024  # a larger one may need more time than is given here


@dataclass(frozen=True)
class ObjectPuts:
    """`store_of` gives the store of a bucket. Threads may share it: obstore lets go of the interpreter."""

    client: BaseClient
    store_of: Callable[[str], S3Store]


def connect_puts(settings: Settings, client: BaseClient) -> ObjectPuts:
    """`client` puts what obstore does not. Nothing is connected before the first use."""
    return ObjectPuts(client, cache(partial(connect_store, settings)))


def put_object(puts: ObjectPuts, bucket: str, key: str, content: bytes, content_type: str) -> None:
    """Put a whole object.

    Raises:
        StorageRefused, StorageUnavailable: see `storage_faults`.
    """
    if not _put_quickly(puts, bucket, key, content, content_type):
        with storage_faults(bucket, key):
            puts.client.put_object(Bucket=bucket, Key=key, Body=content, ContentType=content_type)


def _put_quickly(puts: ObjectPuts, bucket: str, key: str, content: bytes, content_type: str) -> bool:
    """Whether obstore did it."""
    if len(content) > _LARGEST or key != key.strip("/"):  # obstore would leave these slashes out
        return False
    began = time.perf_counter()
    try:
        obstore.put(puts.store_of(bucket), key, content, attributes={"Content-Type": content_type}, use_multipart=False)
    except (BaseError, OSError, ValueError):
        return False
    count_upstream_call("s3", "PutObject", "ok", time.perf_counter() - began)
    return True
