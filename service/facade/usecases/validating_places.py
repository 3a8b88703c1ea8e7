"""Whether this service may do with S3 what runs and uploads need. In a run it is the engine that reads and writes;
where that has a role of its own, it may be allowed more or less."""

from collections.abc import Callable
from uuid import uuid4

from service.facade.aws.objects import list_objects, probe_writing
from service.facade.domain.schedulers import DataOutputConfiguration, InferenceScheduler, S3Location
from service.facade.domain.validation import Check, failed, ok, warning
from service.facade.problems import Problem
from service.facade.resources import Resources
from service.threads import Threads

_PROBE = ".lookout-probe-"
_AGAIN = "Try again when it is back."


def check_places(resources: Resources, scheduler: InferenceScheduler) -> list[Check]:
    """Listing the input, writing the output and staging uploads, tried at the same time."""
    source = scheduler.data_input_configuration.s3_input_configuration
    target = scheduler.data_output_configuration
    asked: list[Callable[[], Check]] = [
        lambda: _check_listing(resources, source),
        lambda: _check_output(resources, target),
        lambda: _check_staging(resources),
    ]
    with Threads(len(asked), thread_name_prefix="validate") as pool:
        return list(pool.map(lambda ask: ask(), asked))


def _check_listing(resources: Resources, place: S3Location) -> Check:
    address = f"s3://{place.bucket}/{place.prefix}"
    try:
        next(list_objects(resources.buckets.client, place.bucket, place.prefix, place.prefix, f"{place.prefix}~"), None)
    except Problem as problem:
        return problem_found("input_listed", problem, f"Let the service list {address} (s3:ListBucket).")
    return ok("input_listed", f"{address} can be listed.")


def _check_output(resources: Resources, target: DataOutputConfiguration) -> Check:
    """Write an object where results go, encrypted as they are, and delete it."""
    place = target.s3_output_configuration
    address, key = f"s3://{place.bucket}/{place.prefix}", f"{place.prefix}{_PROBE}{uuid4().hex}"
    try:
        left = probe_writing(resources.buckets.client, place.bucket, key, target.kms_key_id)
    except Problem as problem:
        return problem_found(
            "output_written", problem, f"Let the service write to {address} (s3:PutObject, and the key)."
        )
    if left:
        said = f"{address} can be written, but a probe object could not be deleted: {left.detail}"
        return warning("output_written", said, "Delete it, and allow s3:DeleteObject for the next time.", key=key)
    return ok("output_written", f"{address} can be written.")


def _check_staging(resources: Resources) -> Check:
    bucket = resources.buckets.staging_bucket
    try:
        resources.buckets.check(bucket)
    except Problem as problem:
        return problem_found("staging", problem, f"Create the bucket {bucket} and let the service use it.")
    return ok("staging", f"Uploads can be staged in s3://{bucket}/.")


def problem_found(check: str, problem: Problem, what_to_do: str) -> Check:
    """A neighbour that refuses or is away is a failed check, not an error."""
    return failed(check, problem.detail or problem.title, _AGAIN if problem.retryable else what_to_do)
