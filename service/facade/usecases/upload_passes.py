"""The passes over the staged files of an upload: hash what a worker sees first, check every row, write the windows."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from service.facade.aws.objects import PieceReader
from service.facade.aws.ranges import RangeFile
from service.facade.domain.uploads import FileReport, StagedFile, UploadWork
from service.facade.problems import InvalidUpload
from service.facade.resources import Resources
from service.facade.sensordata.cutting import WindowTable, cut_windows
from service.facade.sensordata.faults import Faults
from service.facade.sensordata.formats import PARQUET
from service.facade.sensordata.reading import Table, open_table
from service.facade.sensordata.survey import WindowKey, refuse_too_many, survey_table
from service.facade.sensordata.text import Allowance
from service.facade.usecases.input_files import writing_to
from service.facade.usecases.upload_progress import ProgressRecorder
from service.facade.usecases.upload_staging import content_hash
from service.facade.usecases.uploads import allowance


@dataclass(frozen=True)
class Passes:
    """Over one upload."""

    resources: Resources
    work: UploadWork
    recorder: ProgressRecorder

    def hash(self) -> str:
        """The content hash of an upload whose bytes did not come through us."""
        staging, digests = self._staging(), []
        for file in self.work.staged_files:
            digest = sha256()
            for block in staging.read(file.offset, file.size):
                digest.update(block)
                self.recorder.rows(0)
            digests.append(digest.hexdigest())
        return content_hash(self.work.plan, self.work.staged_files, digests)

    def survey(self) -> tuple[list[FileReport], set[WindowKey]]:
        """Check every row of every file, and name all that is wrong at once."""
        every_fault = Faults()
        reports: list[FileReport] = []
        windows: set[WindowKey] = set()
        staging, unpacked = self._staging(), allowance(self.resources)
        for file in self.work.staged_files:
            faults = Faults(file.name or None)
            try:
                table = self._open(staging, file, faults, unpacked)
                report, found = survey_table(table, faults, self.work.plan.naming.frequency, self.recorder.rows)
            except InvalidUpload as problem:
                every_fault.include(faults if faults.total else problem)
            else:
                reports.append(report)
                windows |= found
                refuse_too_many(windows)
        every_fault.raise_any()
        return reports, windows

    def write(self, windows: set[WindowKey]) -> None:
        with writing_to(self.resources.buckets, self.work.plan, windows) as writer:
            for files_written in writer.write(self._windows()):
                self.recorder.written(files_written)

    def _windows(self) -> Iterator[WindowTable]:
        """The windows of all files, cut as they are asked for."""
        staging = self._staging()
        for file in self.work.staged_files:
            table = self._open(staging, file, Faults(file.name or None))
            yield from cut_windows(table.chunks, table.columns, self.work.plan.naming.frequency)

    def _staging(self) -> PieceReader:
        buckets = self.resources.buckets
        return PieceReader(buckets.client, buckets.staging_bucket, self.work.staging_key, self.work.staging_etag)

    def _open(self, staging: PieceReader, file: StagedFile, faults: Faults, unpacked: Allowance | None = None) -> Table:
        if file.format == PARQUET:
            place = (staging.client, staging.bucket, staging.key, file.offset, file.size)
            content = RangeFile(*place, etag=self.work.staging_etag)
        else:
            content = staging.read(file.offset, file.size)
        return open_table(
            content, self.work.plan.schema_of(file), faults,
            format=file.format, component=file.component, rules=self.work.plan.rules, allowance=unpacked,
        )  # fmt: skip
