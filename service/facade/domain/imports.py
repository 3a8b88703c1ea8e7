"""An import of history: result objects of another time or place, read into our own store."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

UNFINISHED = ("queued", "running")
STATUSES = (*UNFINISHED, "succeeded", "failed", "cancelled")
RESULT_NAMES = ("results.jsonl", "results.csv")  # the second one is the preview's
_FOLDER = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d)(?::|%3A|[-_])?(\d\d)(?::|%3A|[-_])?(\d\d)Z?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class ImportProgress:
    """`objects_found` is None until all are counted. Skipped are those that are in the store already, or whose window
    was collected by this service itself."""

    objects_found: int | None = None
    objects_read: int = 0
    objects_skipped: int = 0
    objects_unreadable: int = 0
    rows: int = 0

    @property
    def objects_done(self) -> int:
        return self.objects_read + self.objects_skipped + self.objects_unreadable


@dataclass(frozen=True, kw_only=True)
class UnreadableObject:
    key: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Import:
    """`status` is one of `STATUSES`; `unreadable` are the first objects that could not be read; `problem` is the
    problem document of a failed one."""

    id: str
    team: str
    inference_scheduler_name: str
    bucket: str
    prefix: str
    status: str
    progress: ImportProgress
    unreadable: tuple[UnreadableObject, ...]
    problem: dict[str, Any] | None
    created_by: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class ImportWork:
    """What a worker needs of an unfinished import. Everything up to the key `position` is done; `attempts` have begun
    since one of them got further; `request_id` is the id of the request that began it."""

    id: str
    team: str
    inference_scheduler_name: str
    bucket: str
    prefix: str
    position: str | None
    progress: ImportProgress
    unreadable: tuple[UnreadableObject, ...]
    attempts: int
    created_at: datetime
    request_id: str | None = None

    @property
    def place(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"


@dataclass(frozen=True, kw_only=True)
class FoundResult:
    """A result object in a listing; `data_start_time` is None where its folder does not say it."""

    bucket: str
    key: str
    etag: str
    size: int
    data_start_time: datetime | None = None

    @property
    def address(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True)
class KnownResult:
    """What the store has of a window already; `source` is the address it was imported from, None when it was collected
    from an execution."""

    etag: str
    source: str | None


def is_result(key: str) -> bool:
    """Whether a key is one that the service, or its preview, wrote results to."""
    return key.rpartition("/")[2] in RESULT_NAMES


def start_in_key(key: str) -> datetime | None:
    """The data start time in the last folder of a key: `…/2021-08-31T12:45:00Z/results.jsonl`. Tools that copy such
    folders to a disk write the colons in other ways."""
    folder = key.rpartition("/")[0].rpartition("/")[2]
    found = _FOLDER.fullmatch(folder)
    try:
        return datetime.fromisoformat("{}T{}:{}:{}".format(*found.groups())).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def is_wanted(found: FoundResult, known: KnownResult | None, place: str) -> bool:
    """Whether an object is to be stored, given what is known of its window and the `place` that is imported.

    What was collected from an execution stays. The same object counts again when it has changed. Of two objects below
    one place that hold the same window the one whose key sorts last counts, so that importing it twice changes
    nothing; another place counts instead of the one before it.
    """
    if known is None:
        return True
    if known.source is None:
        return False
    if known.source == found.address:
        return known.etag != found.etag
    return not known.source.startswith(place) or found.address > known.source
