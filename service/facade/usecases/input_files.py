"""Writing windows into the input prefix of a scheduler, many at once. Writing the same twice changes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import md5
from heapq import nsmallest

from service.facade.aws.buckets import Buckets
from service.facade.aws.objects import find_object, list_objects
from service.facade.aws.puts import put_object
from service.facade.domain.uploads import UploadPlan
from service.facade.domain.windows import input_file_name, numbered_window
from service.facade.problems import InvalidUpload
from service.facade.sensordata.cutting import WindowTable, joined
from service.facade.sensordata.files import merge_file, render_file
from service.facade.sensordata.survey import WindowKey
from service.threads import Threads

_WRITERS = 16  # boto3 gains little from more: building requests holds the interpreter
_AT_ONCE = 1000  # windows in memory,
_CELLS_AT_ONCE = 1_000_000  # or fewer, where they are large
_UNKNOWN_ETAG = ""  # of a file that this writer wrote: it is read again before it is written again
_CONTENT_TYPE = "text/csv"


@dataclass
class InputFileWriter:
    """Writes the windows of one upload. `there` holds the ETags of files that exist, `done` the keys that are written.
    Use it through `writing_to`."""

    buckets: Buckets
    plan: UploadPlan
    pool: Executor
    there: dict[str, str]
    done: set[str] = field(default_factory=set)

    def write(self, tables: Iterable[WindowTable]) -> Iterator[int]:
        """Write windows in batches; after each window, how many files are written by now.

        A batch ends before the next one begins, so a window that comes again is merged with what was written.
        """
        batch: dict[str, WindowTable] = {}
        cells = 0
        for table in tables:
            key = self._key(table)
            batch[key] = joined(batch[key], table) if key in batch else table
            cells += table.values.size
            if len(batch) == _AT_ONCE or cells >= _CELLS_AT_ONCE:
                yield from self._write_batch(batch)
                batch, cells = {}, 0
        yield from self._write_batch(batch)

    def _write_batch(self, batch: dict[str, WindowTable]) -> Iterator[int]:
        for key in self.pool.map(self._write_one, batch.keys(), batch.values()):
            self.done.add(key)
            yield len(self.done)
        self.there |= dict.fromkeys(batch, _UNKNOWN_ETAG)

    def _write_one(self, key: str, table: WindowTable) -> str:
        bucket, etag = self.plan.input.bucket, self.there.get(key)
        content = render_file(table)
        if etag == _etag_of(content):
            return key  # a run before this one wrote it
        existing = find_object(self.buckets.client, bucket, key) if etag is not None else None
        if existing is not None:
            content = render_file(_merge(existing, table, f"s3://{bucket}/{key}"))
        if existing != content:
            put_object(self.buckets.puts, bucket, key, content, _CONTENT_TYPE)
        return key

    def _key(self, table: WindowTable) -> str:
        return _key_of(self.plan, table.columns.schema.component_name, table.start)


@contextmanager
def writing_to(buckets: Buckets, plan: UploadPlan, windows: Iterable[WindowKey]) -> Iterator[InputFileWriter]:
    """A writer for these windows; it has ended every request when the block ends."""
    there = _existing_files(buckets, plan, windows)
    pool = Threads(_WRITERS, thread_name_prefix="upload")
    try:
        yield InputFileWriter(buckets, plan, pool, there)
    finally:
        pool.shutdown(cancel_futures=True)


def planned_keys(plan: UploadPlan, windows: Iterable[WindowKey], most: int) -> list[str]:
    """The keys of the first windows, in the order of components and time."""
    first = nsmallest(most, windows)
    return [_key_of(plan, component, numbered_window(number, plan.naming.frequency)) for component, number in first]


def _existing_files(buckets: Buckets, plan: UploadPlan, windows: Iterable[WindowKey]) -> dict[str, str]:
    """The ETags of input files that are there already: one listing for each component, of its range only."""
    numbers_of: dict[str, list[int]] = defaultdict(list)
    for component, number in windows:
        numbers_of[component].append(number)
    found: dict[str, str] = {}
    for component, numbers in numbers_of.items():
        ends = (numbered_window(number, plan.naming.frequency) for number in (min(numbers), max(numbers)))
        first, last = (_key_of(plan, component, start) for start in ends)
        prefix = plan.input.prefix + component + plan.naming.component_timestamp_delimiter
        listed = list_objects(buckets.client, plan.input.bucket, prefix, first, last)
        found.update((entry["Key"], entry["ETag"].strip('"')) for entry in listed)
    return found


def _key_of(plan: UploadPlan, component: str, start: datetime) -> str:
    return plan.input.prefix + input_file_name(component, start, plan.naming)


def _etag_of(content: bytes) -> str:
    """The ETag of an object put in one piece. Where encryption gives it another one, that only costs a GET."""
    return md5(content, usedforsecurity=False).hexdigest()


def _merge(existing: bytes, table: WindowTable, address: str) -> WindowTable:
    try:
        return merge_file(existing, table, address)
    except InvalidUpload as problem:
        detail = f"{address} is there already and cannot be merged with: {problem.detail} Repair or delete it."
        raise InvalidUpload(detail, errors=problem.errors) from problem
