"""An upload: tables of readings on their way into the input files of one scheduler."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.facade.domain.mappings import ReadingRules
from service.facade.domain.models import Component
from service.facade.domain.schedulers import S3Location
from service.facade.domain.windows import InputNaming

STATUSES = ("awaiting", "queued", "running", "succeeded", "failed", "cancelled")
UNFINISHED = ("queued", "running")


@dataclass(frozen=True, kw_only=True)
class StagedFile:
    """One file of an upload, as it waits in the staging object: `size` bytes from `offset` on, as they were sent.

    `format` is csv, ndjson, parquet or arrow. `component` is what bare sensor names in it belong to, None where only
    the model's schema can tell; `strict` when the caller named it, so that no other component may occur.
    """

    name: str
    offset: int
    size: int
    format: str = "csv"
    component: str | None = None
    strict: bool = False


@dataclass(frozen=True, kw_only=True)
class UploadPlan:
    """Everything the work needs, as it was when the upload was accepted, so that a second run does the very same."""

    input: S3Location
    naming: InputNaming
    components: tuple[Component, ...]
    rules: ReadingRules = field(default_factory=ReadingRules)

    def schema_of(self, file: StagedFile) -> tuple[Component, ...]:
        """The components that may occur in a file."""
        if not file.strict:
            return self.components
        return tuple(entry for entry in self.components if entry.component_name == file.component)


@dataclass(frozen=True, kw_only=True)
class UploadWork:
    """What a worker has to do for an accepted upload. The staging object lies in the staging bucket.

    `content_hash` stands for its bytes and its plan, None until a worker has read what was sent to S3 directly;
    `staging_etag` is what such an object must still have. `request_id` is the id of the request that sent it.
    """

    id: str
    team: str
    inference_scheduler_name: str
    staging_key: str
    staged_files: tuple[StagedFile, ...]
    plan: UploadPlan
    created_at: datetime
    dry_run: bool = False
    content_hash: str | None = None
    staging_etag: str | None = None
    expires_at: datetime | None = None
    request_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class TimeReading:
    """What the times of a file were taken for, and who said so: "given" with the upload, in the "mapping" of the
    scheduler, the "file" itself, "detected" from its first rows, or "assumed" for want of anything better."""

    time_format: str
    time_format_from: str
    time_zone: str
    time_zone_from: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One row that is worth a look, though it is not wrong. `kind` is empty_row, duplicate_timestamp, out_of_order or
    gap; `seconds` says how long a gap is, or how far back a row steps."""

    kind: str
    row: int
    timestamp: datetime
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class FileReport:
    """What was found in one file. `layout` is wide, with a column for each sensor, or long, with a tag and a value on
    each row. `input_files` is how many windows, counted for each component, it has rows for;
    `duplicate_timestamps` how many rows repeat a time of a row near them (the last value wins); `gaps` how often the
    next row comes later than the usual interval allows. `findings` names the first few rows of each kind."""

    name: str
    format: str
    layout: str
    components: tuple[str, ...]
    ignored_columns: tuple[str, ...]
    times: TimeReading
    rows: int
    rows_without_values: int
    duplicate_timestamps: int
    out_of_order_rows: int
    gaps: int
    usual_interval_seconds: float | None
    findings: tuple[Finding, ...]
    first_timestamp: datetime
    last_timestamp: datetime
    input_files: int


@dataclass(frozen=True, kw_only=True)
class Progress:
    """`files_total` is known once all rows are checked; until then it is None and `rows_read` moves."""

    files_total: int | None = None
    files_written: int = 0
    rows_read: int = 0


@dataclass(frozen=True, kw_only=True)
class DirectUpload:
    """Where to put the file of an awaiting upload: the request needs `headers`, and has to come before `expires_at`."""

    id: str
    url: str
    headers: dict[str, str]
    expires_at: datetime
    method: str = "PUT"


@dataclass(frozen=True, kw_only=True)
class Upload:
    """`status` is one of `STATUSES`; `problem` is the problem document of a failed one; `files` has a report for each
    file once all rows are checked; `planned_files` the first input files that a dry run would have written.

    `repetition` is set in the answer to whoever sent the same again; `repeats` is the earlier upload of the same
    content that a worker found.
    """

    id: str
    inference_scheduler_name: str
    status: str
    dry_run: bool
    progress: Progress
    files: tuple[FileReport, ...]
    planned_files: tuple[str, ...]
    problem: dict[str, Any] | None
    repeats: str | None
    expires_at: datetime | None
    created_at: datetime
    updated_at: datetime
    repetition: bool = False

    @property
    def notice(self) -> str | None:
        """What the other members do not say by themselves."""
        if self.repetition:
            return "The same content was sent before; this is that upload. With force=true it is done again."
        if self.status == "awaiting":
            return f"PUT the file to its address, then POST /v1/uploads/{self.id}/complete."
        if self.status == "cancelled":
            return f"{self.progress.files_written:,} input files were written before it was cancelled, and stay."
        if self.repeats:
            return f"The upload {self.repeats} had the same content, so nothing was done again."
        return "A dry run: nothing was written." if self.dry_run else None
