"""Passing the files of an upload through to the staging bucket, looking at the beginning of each on the way."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import NamedTuple

from service.facade.aws.objects import ObjectWriter
from service.facade.domain.uploads import StagedFile, UploadPlan
from service.facade.problems import InvalidUpload
from service.facade.sensordata.beginnings import check_beginning
from service.facade.sensordata.columns import component_of_file
from service.facade.sensordata.formats import CSV
from service.facade.sensordata.text import Allowance

BEGINNING_BYTES = 256 * 1024
_LONGEST_NAME = 255


class SentFile(NamedTuple):
    """One file of a body: its name ("" for a lone one), its blocks, to be read once, and the format that its
    Content-Type names, None where that says nothing."""

    name: str
    blocks: Iterable[bytes]
    declared: str | None = None


@dataclass
class Stage:
    """Where the files of one upload are put, and what all of them are held against."""

    staging: ObjectWriter
    plan: UploadPlan
    allowance: Allowance
    component: str | None = None

    def put(self, sent: SentFile) -> tuple[StagedFile, str]:
        """Pass one file through; the file as it is staged, and the SHA-256 of its bytes."""
        name, blocks, declared = sent
        file = named_file(name, self.plan, self.component, offset=self.staging.size)
        digest, beginning, format = sha256(), b"", None
        for block in blocks:
            digest.update(block)
            if format is None:
                beginning += block
                if len(beginning) < BEGINNING_BYTES:
                    continue
                format, block = self._look_at(file, beginning, declared, whole=False), beginning
            self.staging.write(block)
        if format is None:
            format = self._look_at(file, beginning, declared, whole=True)
            self.staging.write(beginning)
        staged = asdict(file) | {"size": self.staging.size - file.offset, "format": format}
        return StagedFile(**staged), digest.hexdigest()

    def _look_at(self, file: StagedFile, beginning: bytes, declared: str | None, whole: bool) -> str:
        return look_at_beginning(file, beginning, self.plan, self.allowance, declared=declared, whole=whole)


def named_file(
    name: str, plan: UploadPlan, component: str | None, *, offset: int = 0, size: int = 0, format: str = CSV
) -> StagedFile:
    """A file of this name, and the component that it or the caller says.

    Raises:
        InvalidUpload: nobody could read the name in a report.
    """
    if name and not (name.isprintable() and len(name) <= _LONGEST_NAME):
        detail = f"A file name has up to {_LONGEST_NAME} characters that can be shown, unlike {name[:40]!r}. Rename it."
        raise InvalidUpload(detail, errors=[{"file": ascii(name[:40]), "detail": detail}])
    hint = component or component_of_file(name, plan.components, plan.naming.component_timestamp_delimiter)
    return StagedFile(name=name, offset=offset, size=size, format=format, component=hint, strict=component is not None)


def look_at_beginning(
    file: StagedFile, beginning: bytes, plan: UploadPlan, allowance: Allowance, *, declared: str | None, whole: bool
) -> str:
    """The format of a file. Raises like `check_beginning`."""
    return check_beginning(
        beginning, plan.schema_of(file), allowance,
        component=file.component, file=file.name or None, whole=whole, declared=declared, rules=plan.rules,
    )  # fmt: skip


def content_hash(plan: UploadPlan, files: Iterable[StagedFile], digests: Iterable[str]) -> str:
    """What is the same for two uploads that do the same: the bytes of their files, their names, and their plan."""
    described = [
        [file.name, file.format, file.component, file.strict, digest]
        for file, digest in zip(files, digests, strict=True)
    ]
    said = json.dumps([asdict(plan), described], sort_keys=True)
    return sha256(said.encode()).hexdigest()
