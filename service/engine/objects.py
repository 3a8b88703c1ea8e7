"""The engine's way to S3: list, get, stream and put, with one client for the whole process.

Two kinds of failure leave this room. `ObjectsRefused` is for the owner of the bucket to mend (missing bucket or
key, no permission); `ObjectsUnavailable` is the store's own trouble and passes, so the work is tried again.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from os.path import commonprefix
from typing import Any, BinaryIO

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.utils import parse_timestamp

from service.engine.quick_gets import StoreOf, get_quickly, stores_of
from service.settings import Settings

CONCURRENT_GETS = 16
CHUNK_BYTES = 1024**2

_MISSING_BUCKET = {"NoSuchBucket"}
_MISSING_KEY = {"NoSuchKey", "404"}
_NOT_ALLOWED = {"AccessDenied", "403", "AllAccessDisabled", "InvalidAccessKeyId", "SignatureDoesNotMatch"}
_UNUSABLE_NAME = {"InvalidBucketName", "PermanentRedirect", "AuthorizationHeaderMalformed"}
_KMS = "KMS."


class ObjectsRefused(Exception):
    """S3 said no, and will say so again until somebody changes something. The message is a sentence for that person."""


class ObjectMissing(ObjectsRefused):
    """There is no object of that key."""


class BucketMissing(ObjectsRefused):
    """There is no bucket of that name."""


class ObjectsUnavailable(Exception):
    """S3 cannot be reached or is not well. Trying again later may help."""


@dataclass(frozen=True)
class StoredObject:
    """One entry of a listing; size in bytes."""

    key: str
    size: int
    etag: str
    last_modified: datetime


class ObjectStore:
    """S3 as the engine uses it. Safe to share between threads."""

    def __init__(self, client: Any, store_of: StoreOf | None = None) -> None:
        """`store_of` gives small objects quickly; without it, boto3 gives all."""
        self._client = client
        self._store_of = store_of
        self._idle: list[ThreadPoolExecutor] = []

    def list(self, bucket: str, prefix: str, *, after: str = "", until: str = "") -> Iterator[StoredObject]:
        """Objects of a prefix in the order of their keys: those beyond `after`, up to and with `until`."""
        narrowed = _narrowed(prefix, after, until)
        for page in self._pages(bucket, narrowed, **({"StartAfter": after} if after else {})):
            for entry in page.get("Contents", []):
                if until and entry["Key"] > until:
                    return
                yield StoredObject(
                    key=entry["Key"],
                    size=entry["Size"],
                    etag=entry.get("ETag", ""),
                    last_modified=entry["LastModified"],
                )

    def folders(self, bucket: str, prefix: str) -> Iterator[str]:
        """The folders right below a prefix, each with its slash; what lies in them is not looked at."""
        for page in self._pages(bucket, prefix, Delimiter="/"):
            yield from (entry["Prefix"] for entry in page.get("CommonPrefixes", []))

    def _pages(self, bucket: str, prefix: str, **more: str) -> Iterator[dict[str, Any]]:
        """Pages of a listing, each asked for when it is wanted; botocore's own paginator costs a tenth more."""
        asked = {"Bucket": bucket, "Prefix": prefix} | more
        while True:
            with _failures_named(bucket, prefix, "list"):
                page = self._client.list_objects_v2(**asked)
            yield page
            if not page.get("IsTruncated"):
                return
            asked["ContinuationToken"] = page["NextContinuationToken"]

    def get(self, bucket: str, key: str) -> bytes:
        with _failures_named(bucket, key, "read"):
            return self._open(bucket, key).read()

    def beginning(self, bucket: str, key: str, size: int) -> bytes:
        """The first so many bytes of an object, or all of a smaller one."""
        with _failures_named(bucket, key, "read"), closing(self._open(bucket, key)) as body:
            return body.read(size)

    def stream(self, bucket: str, key: str) -> Iterator[bytes]:
        """An object in chunks, for one that is too large for memory."""
        with _failures_named(bucket, key, "read"), closing(self._open(bucket, key)) as body:
            yield from body.iter_chunks(CHUNK_BYTES)

    def _open(self, bucket: str, key: str) -> Any:
        return self._client.get_object(Bucket=bucket, Key=key)["Body"]

    def get_many(self, bucket: str, keys: Iterable[str]) -> "list[bytes]":
        """Small objects, those of these keys in their order, fetched concurrently."""
        return self.concurrently(lambda key: self._get_small(bucket, key), keys)

    def _get_small(self, bucket: str, key: str) -> bytes:
        body = get_quickly(self._store_of, bucket, key) if self._store_of else None
        return self.get(bucket, key) if body is None else body

    def concurrently(self, function: Callable[[Any], Any], items: Iterable[Any]) -> "list[Any]":
        """The function applied to every item, several at a time; results in the order of the items.

        The threads are this call's own while it lasts: one whose objects come slowly keeps nobody else waiting.
        """
        items = list(items)
        if len(items) < 2:
            return [function(item) for item in items]
        with self._threads() as threads:
            return list(threads.map(function, items))

    @contextmanager
    def _threads(self) -> Iterator[ThreadPoolExecutor]:
        """Threads that nobody uses now. After a failure those at work end first, and none comes back."""
        try:
            threads = self._idle.pop()
        except IndexError:
            threads = ThreadPoolExecutor(CONCURRENT_GETS, thread_name_prefix="objects")
        try:
            yield threads
        except BaseException:
            threads.shutdown(cancel_futures=True)
            raise
        self._idle.append(threads)

    def put(self, bucket: str, key: str, body: bytes | BinaryIO, *, kms_key_id: str | None = None) -> None:
        """Write an object; encrypted with the KMS key where one is given."""
        encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key_id} if kms_key_id else {}
        with _failures_named(bucket, key, "write"):
            self._client.put_object(Bucket=bucket, Key=key, Body=body, **encryption)

    def copy_prefix(self, bucket: str, source: str, target: str) -> int:
        """Copy every object of a prefix to another one of the bucket, inside the store; the bytes copied.

        Raises:
            ObjectMissing: there are none.
        """
        entries = list(self.list(bucket, source))
        if not entries:
            raise ObjectMissing(f"There is no object below s3://{bucket}/{source}.")
        self.concurrently(lambda entry: self._copy(bucket, entry.key, target + entry.key[len(source) :]), entries)
        return sum(entry.size for entry in entries)

    def _copy(self, bucket: str, source: str, target: str) -> None:
        """One request, which is enough for 5 GB, and for what the engine keeps."""
        with _failures_named(bucket, source, "copy"):
            self._client.copy_object(CopySource={"Bucket": bucket, "Key": source}, Bucket=bucket, Key=target)

    def delete_prefix(self, bucket: str, prefix: str) -> None:
        """Delete every object of a prefix; a prefix without objects is no error."""
        with _failures_named(bucket, prefix, "delete"):
            for entry in list(self.list(bucket, prefix)):
                self._client.delete_object(Bucket=bucket, Key=entry.key)

    def make_bucket(self, bucket: str) -> None:
        """Create the bucket unless it is there."""
        with _failures_named(bucket, "", "create"):
            try:
                self._client.head_bucket(Bucket=bucket)
            except ClientError as error:
                if _code(error) not in _MISSING_BUCKET | _MISSING_KEY:
                    raise
                self._create(bucket)

    def _create(self, bucket: str) -> None:
        region = self._client.meta.region_name
        elsewhere = {} if region == "us-east-1" else {"LocationConstraint": region}
        try:
            self._client.create_bucket(Bucket=bucket, **({"CreateBucketConfiguration": elsewhere} if elsewhere else {}))
        except ClientError as error:
            if _code(error) not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                raise


def _narrowed(prefix: str, after: str, until: str) -> str:
    """The longest prefix of every key between the two. Many servers look at all keys of a prefix for each listing,
    whatever StartAfter says, so a long history would slow down every window."""
    shared = commonprefix([after, until])  # noqa: RUF071 - of keys, which are no paths
    return shared if shared.startswith(prefix) else prefix


def open_objects(settings: Settings) -> ObjectStore:
    """The store that the settings name; nothing is connected yet."""
    session = _session(settings.aws_access_key_id or None, settings.aws_secret_access_key or None, settings.aws_region)
    client = session.client("s3", endpoint_url=settings.s3_endpoint_url or None, config=_config(settings))
    return ObjectStore(client, stores_of(settings, session))


@cache
def _session(key_id: str | None, secret: str | None, region: str) -> boto3.Session:
    """One for each identity: the second client of a session costs a tenth of the first."""
    core = botocore.session.get_session()
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_moment)
    return boto3.Session(
        botocore_session=core, aws_access_key_id=key_id, aws_secret_access_key=secret, region_name=region
    )


def _moment(said: Any) -> datetime:
    """A time as S3 says it. botocore takes every notation there is, which costs more than the rest of a listing."""
    if isinstance(said, str) and said[:4].isdigit() and said.endswith("Z"):
        return datetime.fromisoformat(said)
    return parse_timestamp(said)


def _config(settings: Settings) -> Config:
    # Servers other than AWS's own want the path style, and some fail on ranged reads with checksums asked for.
    elsewhere = {
        "s3": {"addressing_style": "path"},
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
    }
    return Config(
        connect_timeout=2,
        read_timeout=30,
        retries={"mode": "standard", "total_max_attempts": 3},
        max_pool_connections=2 * CONCURRENT_GETS,
        **(elsewhere if settings.s3_endpoint_url else {}),
    )


@contextmanager
def _failures_named(bucket: str, key: str, verb: str) -> Iterator[None]:
    try:
        yield
    except NoCredentialsError as error:
        raise ObjectsRefused(f"The engine has no credentials to {verb} s3://{bucket}/{key}.") from error
    except ClientError as error:
        raise _named(error, bucket, key, verb) from error
    except BotoCoreError as error:
        raise ObjectsUnavailable(f"S3 did not answer when asked to {verb} s3://{bucket}/{key}: {error}") from error


def _named(error: ClientError, bucket: str, key: str, verb: str) -> Exception:
    code = _code(error)
    if code in _MISSING_BUCKET:
        return BucketMissing(f"The bucket {bucket!r} does not exist.")
    if code in _MISSING_KEY:
        return ObjectMissing(f"There is no object s3://{bucket}/{key}.")
    if code in _NOT_ALLOWED:
        return ObjectsRefused(
            f"No permission to {verb} s3://{bucket}/{key} ({code}): check the role, the bucket's policy and the "
            "credentials that the engine runs with."
        )
    if code in _UNUSABLE_NAME or code.startswith(_KMS):
        said = error.response["Error"].get("Message", "")
        return ObjectsRefused(f"S3 refuses to {verb} s3://{bucket}/{key}: {code}. {said}".rstrip())
    return ObjectsUnavailable(f"S3 failed to {verb} s3://{bucket}/{key}: {code}.")


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
