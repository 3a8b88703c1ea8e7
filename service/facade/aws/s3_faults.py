"""What botocore raises when S3 refuses or is away -> our problems."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from service.facade.problems import StorageRefused, StorageUnavailable

_REFUSALS = {"403", "404", "AccessDenied", "NoSuchBucket", "InvalidAccessKeyId", "SignatureDoesNotMatch", "NoSuchKey"}


@contextmanager
def storage_faults(bucket: str, key: str = "") -> Iterator[None]:
    """Turn what botocore raises inside the block into problems that name the object.

    Raises:
        StorageRefused: no permission, or no such bucket or key. Trying again does not help.
        StorageUnavailable: S3 is away, slow or failing.
    """
    place = f"s3://{bucket}/{key}"
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        kind = StorageRefused if code in _REFUSALS else StorageUnavailable
        raise kind(f"{place}: {error}", aws_error_code=code) from error
    except BotoCoreError as error:  # it names the address of the server, which is no caller's business
        raise StorageUnavailable(f"{place}: S3 gave no answer ({type(error).__name__}).") from error
