"""S3: whether it can be reached and takes our credentials, and whether the buckets of our own can be written to."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import uuid4

from botocore.client import BaseClient

from service.doctor.clients import FAULTS, NO_CREDENTIALS, SLOW, error_code, s3_client
from service.doctor.databases import has_own_engine
from service.doctor.findings import Finding, View, failed, ok, shown, warning

SKEW_SECONDS = 60.0  # S3 refuses a request that is 15 minutes off
_CREDENTIALS = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
_REFUSALS = {
    "SignatureDoesNotMatch",
    "InvalidAccessKeyId",
    "InvalidToken",
    "ExpiredToken",
    "UnrecognizedClientException",
}
_CLOCK = {"RequestTimeTooSkewed", "RequestExpired"}
_SET_CLOCK = "Set the clock of this machine: timedatectl set-ntp true"


def look_at_s3(view: View) -> Iterator[Finding]:
    settings = view.settings
    client, where = s3_client(settings), shown(settings.s3_endpoint_url) or f"AWS, {settings.aws_region}"
    wanted = {"LOOKOUT_STAGING_BUCKET": settings.staging_bucket}
    if has_own_engine(view):
        wanted["LOOKOUT_ENGINE_BUCKET"] = settings.engine_bucket
    well = []
    for setting, bucket in wanted.items():
        try:
            answer = client.list_objects_v2(Bucket=bucket, MaxKeys=1)
            yield from _clock(answer)
            _write(client, bucket)
            well.append(bucket)
        except FAULTS as error:
            finding = _fault(error, where, bucket, setting)
            yield finding
            if not error_code(error) or "credentials" in finding.detail:
                return  # the other bucket would say the same
    if len(well) == len(wanted):
        yield ok(f"S3 at {where}: {' and '.join(well)} can be written to.")


def _write(client: BaseClient, bucket: str) -> None:
    key = f"doctor/{uuid4().hex}"
    client.put_object(Bucket=bucket, Key=key, Body=b"written by lookout doctor")
    with suppress(*FAULTS):
        client.delete_object(Bucket=bucket, Key=key)


def _clock(answer: dict[str, Any]) -> Iterator[Finding]:
    """The clock of S3 beside ours."""
    if date := answer["ResponseMetadata"]["HTTPHeaders"].get("date"):
        skew = (datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds()
        if abs(skew) > SKEW_SECONDS:
            yield warning(f"The clock of this machine is {skew:+.0f} seconds off that of S3.", _SET_CLOCK)


def _fault(error: Exception, where: str, bucket: str, setting: str) -> Finding:
    code = error_code(error)
    if code in _CLOCK:
        return failed(f"S3 at {where} refuses us: the clocks differ too much ({code}).", _SET_CLOCK)
    if code in _REFUSALS or isinstance(error, NO_CREDENTIALS):
        return failed(
            f"S3 at {where} refuses our credentials ({code or error}).", f"Set {_CREDENTIALS} to a right pair."
        )
    if code in ("NoSuchBucket", "404"):
        mend = f"aws s3 mb s3://{bucket}, or name another with {setting}."
        return failed(f"There is no bucket {bucket} in S3 at {where}.", mend)
    if code:
        mend = f"Let the owner of {_CREDENTIALS} list, get, put and delete there."
        return failed(f"The bucket {bucket} in S3 at {where} cannot be written to ({code}): {error}", mend)
    if isinstance(error, SLOW):
        return failed(f"S3 at {where} does not answer: it hangs.", "Restart it.")
    return failed(f"S3 at {where} cannot be reached.", "Start it, or name another with AWS_ENDPOINT_URL_S3.")
