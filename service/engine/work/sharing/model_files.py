"""A model version as one file: a zip archive that nothing is compressed or executable in.

    manifest.json       what it is, and of every other member its size and SHA-256
    detector.json, …    the version's artefacts as they lie in the engine's bucket

The archive's comment is the SHA-256 of everything before it, so that a file which was cut off or changed anywhere is
told from a whole one at once. The same version gives the same bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import orjson

from service.engine.work.problems import InputProblem

FORMAT = "lookout-for-machines/model"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
LARGEST_BYTES = 256 * 1024**2
_DIGEST_LENGTH = 64
_BEGINNING = b"PK\x03\x04"


@dataclass(frozen=True)
class ModelFile:
    """What is in a file: `description` is plain JSON, `members` are the artefacts by their names."""

    description: dict[str, Any]
    members: dict[str, bytes]


def pack(file: ModelFile) -> bytes:
    """The file as bytes."""
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "members": {name: _account(body) for name, body in sorted(file.members.items())},
        "model": file.description,
    }
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_STORED) as archive:
        archive.writestr(ZipInfo(MANIFEST), orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
        for name, body in sorted(file.members.items()):
            archive.writestr(ZipInfo(name), body)
        archive.comment = b"0" * _DIGEST_LENGTH
    content = buffer.getvalue()[:-_DIGEST_LENGTH]
    return content + _digest(content)


def unpack(body: bytes, place: str) -> ModelFile:
    """What is in a file, every byte checked.

    Args:
        place: where it was found, for the message.

    Raises:
        InputProblem: it is no model file, is not whole, or of a format that this engine does not read.
    """
    if not body.startswith(_BEGINNING):
        raise InputProblem(f"{place} is not a model file. Give one that ExportModelVersion has written.")
    if _digest(body[:-_DIGEST_LENGTH]) != body[-_DIGEST_LENGTH:]:
        raise InputProblem(
            f"{place} is no model file, or was cut off or changed on its way: its checksum is wrong. Export it again."
        )
    try:
        with ZipFile(BytesIO(body)) as archive:
            _check_members(archive, len(body), place)
            return _read(archive, place)
    except (BadZipFile, NotImplementedError, RuntimeError) as error:
        raise InputProblem(f"{place} is a damaged archive: {error}.") from error


def _check_members(archive: ZipFile, size: int, place: str) -> None:
    """Refuse what would take more memory than the file: members that are compressed, or that lie in each other."""
    if any(entry.compress_type != ZIP_STORED for entry in archive.infolist()):
        raise InputProblem(f"{place} has compressed members, which no model file has.")
    if sum(entry.file_size for entry in archive.infolist()) > size:
        raise InputProblem(f"{place} has members that overlap, which no model file has.")


def _read(archive: ZipFile, place: str) -> ModelFile:
    bodies = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    manifest = _manifest(bodies.pop(MANIFEST, b""), place)
    listed = manifest["members"]
    if set(bodies) != set(listed):
        raise InputProblem(f"{place} does not hold the members that its manifest lists.")
    for name, body in bodies.items():
        if _account(body) != listed[name]:
            raise InputProblem(f"{place}: the member {name} is not the one that the manifest lists.")
    return ModelFile(manifest["model"], bodies)


def _manifest(body: bytes, place: str) -> dict[str, Any]:
    try:
        manifest = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InputProblem(f"{place} has no {MANIFEST} that is JSON.") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise InputProblem(f"{place} is an archive of something else: its {MANIFEST} does not say {FORMAT}.")
    if manifest.get("format_version") != FORMAT_VERSION:
        raise InputProblem(
            f"{place} is of format {manifest.get('format_version')}, and this engine reads format {FORMAT_VERSION}. "
            "Import it into an engine of the version that wrote it, or of a later one."
        )
    if not isinstance(manifest.get("members"), dict) or not isinstance(manifest.get("model"), dict):
        raise InputProblem(f"{place} has a {MANIFEST} that lists no members or describes no model.")
    return manifest


def _account(body: bytes) -> Mapping[str, Any]:
    return {"sha256": sha256(body).hexdigest(), "size": len(body)}


def _digest(content: bytes) -> bytes:
    return sha256(content).hexdigest().encode()
