"""Objects in S3: streamed in and out, looked up, listed. Everything raises StorageRefused or StorageUnavailable."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from service.facade.aws.s3_faults import storage_faults
from service.facade.problems import Problem

PART_BYTES = 8 * 1024 * 1024
_BLOCK_BYTES = 256 * 1024
_MISSING = ("404", "NoSuchKey")


@dataclass
class ObjectWriter:
    """Writes one object of any size from blocks, holding one part in memory. Use it through `writing`."""

    client: BaseClient
    bucket: str
    key: str
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
        self.client.complete_multipart_upload(
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
def writing(client: BaseClient, bucket: str, key: str) -> Iterator[ObjectWriter]:
    """A writer whose object appears when the block ends, and never when it raises."""
    writer = ObjectWriter(client, bucket, key)
    with storage_faults(bucket, key):
        try:
            yield writer
            writer.finish()
        except BaseException:
            with suppress(Exception):  # what went wrong first is what matters
                writer.abort()
            raise


def read_range(client: BaseClient, bucket: str, key: str, offset: int, size: int) -> Iterator[bytes]:
    """`size` bytes of an object from `offset` on, in blocks."""
    if not size:
        return
    with storage_faults(bucket, key):
        answer = client.get_object(Bucket=bucket, Key=key, Range=f"bytes={offset}-{offset + size - 1}")
        yield from answer["Body"].iter_chunks(_BLOCK_BYTES)


def read_object(client: BaseClient, bucket: str, key: str) -> bytes:
    """A whole object. Only for small ones."""
    with storage_faults(bucket, key):
        return client.get_object(Bucket=bucket, Key=key)["Body"].read()


def find_object(client: BaseClient, bucket: str, key: str) -> bytes | None:
    """A whole object, or None when there is none."""
    with storage_faults(bucket, key):
        try:
            return client.get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise


def put_object(client: BaseClient, bucket: str, key: str, content: bytes, content_type: str) -> None:
    with storage_faults(bucket, key):
        client.put_object(Bucket=bucket, Key=key, Body=content, ContentType=content_type)


def delete_object(client: BaseClient, bucket: str, key: str) -> None:
    """Deleting what is not there is fine."""
    with storage_faults(bucket, key):
        client.delete_object(Bucket=bucket, Key=key)


def list_objects(client: BaseClient, bucket: str, prefix: str, first: str, last: str) -> Iterator[dict[str, Any]]:
    """The objects under a prefix whose keys lie between `first` and `last`, both included, in the order of keys.

    Each has Key, ETag, LastModified and Size. Only the pages that can hold such keys are asked for.
    """
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


def is_gone(problem: Problem) -> bool:
    """Whether a StorageRefused says that the object is not there."""
    return problem.aws_error_code in _MISSING
