"""The result objects below a prefix, page by page and in the order of their keys."""

from collections.abc import Iterable, Iterator

from service.facade.aws.objects import list_objects
from service.facade.domain.imports import FoundResult, ImportWork, is_result, start_in_key
from service.facade.resources import Resources

_AT_ONCE = 200  # objects in memory, and in one transaction
_BYTES_AT_ONCE = 4 * 1024**2
_LAST = "\U0010ffff"  # sorts behind every key


def results_below(resources: Resources, work: ImportWork) -> Iterator[FoundResult]:
    """The result objects of an import that are not done yet."""
    first, last = work.position or work.prefix, work.prefix + _LAST
    for entry in list_objects(resources.buckets.client, work.bucket, work.prefix, first, last):
        if is_result(entry["Key"]) and entry["Key"] != work.position:
            yield FoundResult(
                bucket=work.bucket,
                key=entry["Key"],
                etag=entry["ETag"].strip('"'),
                size=entry["Size"],
                data_start_time=start_in_key(entry["Key"]),
            )


def batches_of(results: Iterable[FoundResult]) -> Iterator[list[FoundResult]]:
    """Lists of objects that can be held in memory together; an object that is larger than that is alone."""
    batch: list[FoundResult] = []
    size = 0
    for found in results:
        if batch and (len(batch) == _AT_ONCE or size + found.size > _BYTES_AT_ONCE):
            yield batch
            batch, size = [], 0
        batch.append(found)
        size += found.size
    if batch:
        yield batch
