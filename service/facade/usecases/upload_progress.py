"""How far the work on an upload is, written into its row; and whether it is still wanted."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from service.facade.domain.uploads import FileReport, Progress
from service.facade.resources import Resources
from service.facade.store import uploads
from service.stopping import stopping

_PROGRESS_SECONDS = 0.5


class UploadCancelled(Exception):
    """Somebody cancelled the upload that is worked on."""


class WorkerEnds(Exception):
    """The process that works on the upload was told to end."""


@dataclass
class ProgressRecorder:
    """Writes at most every half second; every method may raise UploadCancelled or WorkerEnds."""

    resources: Resources
    upload_id: str
    progress: Progress = field(default_factory=Progress)
    _written_at: float = -_PROGRESS_SECONDS

    def rows(self, count: int) -> None:
        self.now(replace(self.progress, rows_read=self.progress.rows_read + count))

    def total(self, reports: Sequence[FileReport], files_total: int, planned_files: Sequence[str]) -> None:
        """All rows are checked."""
        self.progress = replace(self.progress, files_total=files_total)
        with self.resources.database.begin() as db:
            uploads.record_reports(db, self.upload_id, reports, planned_files)
        self._write()

    def written(self, files: int) -> None:
        self.now(replace(self.progress, files_written=files))

    def now(self, progress: Progress) -> None:
        self.progress = progress
        if time.monotonic() - self._written_at >= _PROGRESS_SECONDS:
            self._write()

    def _write(self) -> None:
        self._written_at = time.monotonic()
        with self.resources.database.begin() as db:
            wanted = uploads.record_progress(db, self.upload_id, self.progress, self.resources.clock())
        if not wanted:
            raise UploadCancelled
        if stopping.is_set():
            raise WorkerEnds
