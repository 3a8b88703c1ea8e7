"""An upload: tables of readings on their way into the input files of one scheduler."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.facade.domain.models import Component
from service.facade.domain.schedulers import S3Location
from service.facade.domain.windows import InputNaming


@dataclass(frozen=True, kw_only=True)
class StagedFile:
    """One file of an upload, as it waits in the staging object: `size` bytes from `offset` on, as they were sent.

    `component` is what bare sensor names in it belong to, None where only the model's schema can tell; `strict` when
    the caller named it, so that no other component may occur.
    """

    name: str
    offset: int
    size: int
    component: str | None = None
    strict: bool = False


@dataclass(frozen=True, kw_only=True)
class UploadPlan:
    """Everything the work needs, as it was when the upload was accepted, so that a second run does the very same."""

    input: S3Location
    naming: InputNaming
    components: tuple[Component, ...]

    def schema_of(self, file: StagedFile) -> tuple[Component, ...]:
        """The components that may occur in a file."""
        if not file.strict:
            return self.components
        return tuple(entry for entry in self.components if entry.component_name == file.component)


@dataclass(frozen=True, kw_only=True)
class UploadWork:
    """What a worker has to do for an accepted upload. The staging object lies in the staging bucket."""

    id: str
    team: str
    inference_scheduler_name: str
    staging_key: str
    staged_files: tuple[StagedFile, ...]
    plan: UploadPlan
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class FileReport:
    """What was found in one file. `input_files` is how many windows, counted for each component, it has rows for;
    `duplicate_timestamps` how many rows repeat a time of a row near them (the last value wins)."""

    name: str
    components: tuple[str, ...]
    rows: int
    rows_without_values: int
    duplicate_timestamps: int
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
class Upload:
    """`status` is queued, running, succeeded or failed; `problem` is the problem document of a failed one; `files`
    has a report for each file once all rows are checked."""

    id: str
    inference_scheduler_name: str
    status: str
    progress: Progress
    files: tuple[FileReport, ...]
    problem: dict[str, Any] | None
    created_at: datetime
    updated_at: datetime
