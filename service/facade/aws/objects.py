"""Objects in S3: streamed in and out, looked up, listed. Everything raises StorageRefused or StorageUnavailable."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from os.path import commonprefix
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from service.facade.aws.s3_faults import storage_faults
from service.facade.problems import Problem, StorageRefused

PART_BYTES = PIECE_BYTES = 8 * 1024 * 1024
_BLOCK_BYTES = 256 * 1024
_MISSING = ("404", "NoSuchKey")
_NO_ANSWER = (ConnectionError, HTTPClientError)
_NOTHING_TO_ABORT = ("NoSuchUpload", "NotImplemented", "MethodNotAllowed", "501", "405")


@dataclass
class ObjectWriter:
    """Writes one object of any size from blocks, holding one part in memory. Use it through `writing`."""

    client: BaseClient
    bucket: str
    key: str
    patient: BaseClient
    size: int = 0
    _waiting: bytearray = field(default_factory=bytearray)
    _upload_id: str | None = None
    _parts: list[dict[str, Any]] = field(default_factory=list)

    def write(self, block: bytes) -> None:
        self._waiting += block
        self.size += len(block)
        while len(self._waiting) >= PART_BYTES:
            self._send_part(bytes(self._waiting[:PART_BYTES]))
            del self._waiting[:PART_BYTES]

    def finish(self) -> None:
        """Make the object appear: as a plain one when it fits into a part."""
        if self._upload_id is None:
            self.client.put_object(**self._place, Body=bytes(self._waiting))
            return
        if self._waiting:
            self._send_part(bytes(self._waiting))
        self.patient.complete_multipart_upload(
            **self._place, UploadId=self._upload_id, MultipartUpload={"Parts": self._parts}
        )

    def abort(self) -> None:
        """Leave nothing behind, not even parts that cost storage."""
        if self._upload_id is not None:
            self.client.abort_multipart_upload(**self._place, UploadId=self._upload_id)

    def _send_part(self, body: bytes) -> None:
        if self._upload_id is None:
            self._upload_id = self.client.create_multipart_upload(**self._place)["UploadId"]
        number = len(self._parts) + 1
        answer = self.client.upload_part(**self._place, UploadId=self._upload_id, PartNumber=number, Body=body)
        self._parts.append({"PartNumber": number, "ETag": answer["ETag"]})

    @property
    def _place(self) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.key}


@contextmanager
def writing(client: BaseClient, bucket: str, key: str, patient: BaseClient | None = None) -> Iterator[ObjectWriter]:
    """A writer whose object appears when the block ends, and never when it raises. `patient` is the client that waits
    while the parts of a large object are put together, where that is another one."""
    writer = ObjectWriter(client, bucket, key, patient or client)
    with storage_faults(bucket, key):
        try:
            yield writer
            writer.finish()
        except _NO_ANSWER:
            raise  # to an abort there would be none either; `abort_unfinished` sees to the parts
        except BaseException:
            with suppress(Exception):  # what went wrong first is what matters
                writer.abort()
            raise


@dataclass
class PieceReader:
    """Reads ranges of one object, in ascending order, from pieces of it that are held in memory one at a time.

    Small ranges share a request, and no connection waits while the reader is busy with what it has read. `etag`, where
    it is given, is what the object must still have.
    """

    client: BaseClient
    bucket: str
    key: str
    etag: str | None = None
    _start: int = 0
    _piece: bytes = b""

    def read(self, offset: int, size: int) -> Iterator[bytes]:
        """`size` bytes from `offset` on, in blocks."""
        end = offset + size
        while offset < end:
            if not self._start <= offset < self._start + len(self._piece):
                self._fetch(offset)
            at = offset - self._start
            block = self._piece[at : min(at + _BLOCK_BYTES, end - self._start)]
            offset += len(block)
            yield block

    def _fetch(self, offset: int) -> None:
        with storage_faults(self.bucket, self.key):
            wanted = f"bytes={offset}-{offset + PIECE_BYTES - 1}"
            answer = self.client.get_object(Bucket=self.bucket, Key=self.key, Range=wanted)
            require_etag(answer, self.etag)
            self._start, self._piece = offset, answer["Body"].read()


def require_etag(answer: dict[str, Any], etag: str | None) -> None:
    """Asked of the answer, because not every server heeds `If-Match` when it reads.

    Raises:
        StorageRefused: the object is not the one that was looked at.
    """
    if etag is not None and answer["ETag"] != etag:
        raise StorageRefused("The object was replaced after it was looked at. Begin another upload.")


@dataclass(frozen=True)
class StoredObject:
    """`etag` with its quotes, as S3 wants it back."""

    size: int
    etag: str


def describe_object(client: BaseClient, bucket: str, key: str) -> StoredObject | None:
    """Size and ETag of an object, or None when there is none."""
    with storage_faults(bucket, key):
        try:
            answer = client.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise
        return StoredObject(answer["ContentLength"], answer["ETag"])


def find_object(client: BaseClient, bucket: str, key: str) -> bytes | None:
    """A whole object, or None when there is none."""
    with storage_faults(bucket, key):
        try:
            return client.get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise


def delete_object(client: BaseClient, bucket: str, key: str) -> None:
    """Deleting what is not there is fine."""
    with storage_faults(bucket, key):
        client.delete_object(Bucket=bucket, Key=key)


def probe_writing(client: BaseClient, bucket: str, key: str, kms_key_id: str | None) -> Problem | None:
    """Write an object of no bytes and delete it; what kept it from being deleted, if anything.

    Raises:
        StorageRefused, StorageUnavailable: it cannot be written.
    """
    encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key_id} if kms_key_id else {}
    with storage_faults(bucket, key):
        client.put_object(Bucket=bucket, Key=key, Body=b"", **encryption)
    try:
        delete_object(client, bucket, key)
    except Problem as problem:
        return problem
    return None


def abort_unfinished(client: BaseClient, bucket: str, prefix: str, before: datetime) -> None:
    """Abort multipart uploads that were begun before a moment. Servers that cannot list them are left alone; some say
    that there is no such upload where there is none at all."""
    pages = client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=prefix)
    with storage_faults(bucket, prefix):
        try:
            begun = [entry for page in pages for entry in page.get("Uploads", []) if entry["Initiated"] < before]
            for entry in begun:
                client.abort_multipart_upload(Bucket=bucket, Key=entry["Key"], UploadId=entry["UploadId"])
        except ClientError as error:
            if error.response["Error"]["Code"] not in _NOTHING_TO_ABORT:
                raise


def list_objects(client: BaseClient, bucket: str, prefix: str, first: str, last: str) -> Iterator[dict[str, Any]]:
    """The objects under a prefix whose keys lie between `first` and `last`, both included, in the order of keys.

    Each has Key, ETag, LastModified and Size. Only the pages that can hold such keys are asked for; some servers read
    everything under the prefix for each page, so it is as long as it can be.
    """
    prefix = max(prefix, commonprefix((first, last)), key=len)  # noqa: RUF071 - of keys, which are no paths
    with storage_faults(bucket, prefix):
        pages = client.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=prefix, StartAfter=_just_before(first)
        )
        for page in pages:
            for entry in page.get("Contents", []):
                if entry["Key"] > last:
                    return
                if entry["Key"] >= first:
                    yield entry


def _just_before(key: str) -> str:
    """A key that sorts before `key`, with few others between."""
    return key[:-1]
