"""Model files: what is packed comes out again, and everything that is no such file is refused before it is used."""

import json
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest
from engine_world import SCHEMA
from plant import MINUTE, fitted_plant

from service.engine.resources import RememberingQueue, Resources
from service.engine.store.imports import Import
from service.engine.work.bucket.trained_models import store_artefacts
from service.engine.work.problems import InputProblem
from service.engine.work.sharing.file_imports import take_in
from service.engine.work.sharing.model_files import FORMAT_VERSION, MANIFEST, ModelFile, pack, unpack
from service.settings import Settings

DESCRIPTION = {
    "model_name": "model",
    "model_version": 1,
    "model_version_arn": "arn:aws:lookoutequipment:local-1:123456789012:model/model/id/model-version/1",
    "dataset_name": "plant",
    "schema": SCHEMA,
    "target_sampling_rate": "PT1M",
    "off_condition": "motor\\Current<0.5",
    "model_metrics": '{"labeled_ranges":[]}',
    "model_quality": "CANNOT_DETERMINE_QUALITY",
    "training_data_start_time": "2026-02-01T00:00:00+00:00",
    "training_data_end_time": None,
    "evaluation_data_start_time": None,
    "evaluation_data_end_time": None,
}


class Objects:
    """As much of an object store as is asked of one; it keeps what is put."""

    def __init__(self, body: bytes = b"") -> None:
        self.body, self.kept = body, {}

    def beginning(self, bucket: str, key: str, size: int) -> bytes:
        return self.body[:size]

    def put(self, bucket: str, key: str, body: bytes) -> None:
        self.kept[key] = body


def artefacts() -> dict[str, bytes]:
    objects = Objects()
    store_artefacts(objects, "", "", fitted_plant(), MINUTE)
    return objects.kept


@pytest.fixture(scope="module")
def body() -> bytes:
    """A whole file."""
    return pack(ModelFile(DESCRIPTION, artefacts()))


def refusal(body: bytes) -> str:
    """Why a worker refuses to take this file in; nothing is kept of it."""
    objects = Objects(body)
    resources = Resources(settings=Settings(), database=None, objects=objects, queue=RememberingQueue())
    with pytest.raises(InputProblem) as caught:
        take_in(resources, task(), "models/id/1/")
    assert objects.kept == {}
    return str(caught.value)


def task() -> Import:
    fields = dict.fromkeys(Import.__dataclass_fields__)
    place = {"Bucket": "bucket", "Key": "model.zip"}
    return Import(**fields | {"id": "i", "model_id": "id", "version": 1, "source_object": place, "attempts": 1})


def digested(body: bytes) -> bytes:
    """A file with the checksum that fits, as somebody with bad intentions would make it."""
    return body[:-64] + sha256(body[:-64]).hexdigest().encode()


def with_manifest(body: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """The same file with another manifest, and all checksums right."""
    with ZipFile(BytesIO(body)) as archive:
        bodies = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(bodies.pop(MANIFEST))
    change(manifest)
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        archive.writestr(MANIFEST, json.dumps(manifest))
        for name, member in bodies.items():
            archive.writestr(name, member)
        archive.comment = b"0" * 64
    return digested(buffer.getvalue())


def with_model(**changes: Any) -> Callable[[bytes], bytes]:
    return lambda body: with_manifest(body, lambda manifest: manifest["model"].update(changes))


def with_member(name: str, make: Callable[[], bytes]) -> Callable[[bytes], bytes]:
    def changed(body: bytes) -> bytes:
        file = unpack(body, "a test")
        return pack(ModelFile(file.description, file.members | {name: make()}))

    return changed


def flipped(body: bytes, at: int) -> bytes:
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]


@pytest.mark.parametrize("place", [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.9999])
def test_a_changed_byte_is_refused_wherever_it_is(body: bytes, place: float):
    assert "changed on its way" in refusal(flipped(body, int(len(body) * place)))


@pytest.mark.parametrize("kept", [0, 1, 100, -1, -64, -65])
def test_a_file_that_was_cut_off_is_refused(body: bytes, kept: int):
    assert "model file" in refusal(body[:kept])


def an_archive(**members: bytes) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, member)
        archive.comment = b"0" * 64
    return digested(buffer.getvalue())


def compressed(body: bytes) -> bytes:
    file, buffer = ZipFile(BytesIO(body)), BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name in file.namelist():
            archive.writestr(name, file.read(name))
        archive.comment = b"0" * 64
    return digested(buffer.getvalue())


def overlapping() -> bytes:
    """An archive whose directory lists a member that lies inside of another: each byte is read twice, or many times."""
    inner, buffer = an_archive(inner=bytes(1000)), BytesIO()
    with ZipFile(buffer, "w") as archive:
        archive.writestr("outer", inner)
        entry = ZipFile(BytesIO(inner)).getinfo("inner")
        entry.header_offset = buffer.getvalue().index(inner)
        archive.filelist.append(entry)
        archive.comment = b"0" * 64
    return digested(buffer.getvalue())


def arrays(**named: np.ndarray) -> bytes:
    buffer = BytesIO()
    np.savez(buffer, **named)
    return buffer.getvalue()


def bomb() -> bytes:
    """Three hundred megabytes of nothing, in little more than three hundred kilobytes."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        archive.writestr("columns.npy", bytes(300 * 1024**2))
    return buffer.getvalue()


def pickled() -> bytes:
    """Arrays that would run code if they were unpickled."""
    return arrays(columns=np.array([Runs()], dtype=object), centre=np.zeros(1), spread=np.zeros(1))


class Runs:
    def __reduce__(self) -> tuple[Any, ...]:
        return subprocess.check_call, ([sys.executable, "-c", "raise SystemExit('run')"],)


FOREIGN = {
    "a text": (lambda body: b"hello, world", "is not a model file"),
    "an archive of something else": (lambda body: an_archive(a=b"1"), "has no manifest.json"),
    "members that lie in each other": (lambda body: overlapping(), "has members that overlap"),
    "a manifest of something else": (
        lambda body: with_manifest(body, lambda manifest: manifest.update(format="theirs")),
        "an archive of something else",
    ),
    "a newer format": (
        lambda body: with_manifest(body, lambda manifest: manifest.update(format_version=FORMAT_VERSION + 1)),
        "is of format 2, and this engine reads format 1",
    ),
    "a manifest without members": (
        lambda body: with_manifest(body, lambda manifest: manifest.pop("members")),
        "lists no members",
    ),
    "a member too few in the manifest": (
        lambda body: with_manifest(body, lambda manifest: manifest["members"].popitem()),
        "does not hold the members that its manifest lists",
    ),
    "another size in the manifest": (
        lambda body: with_manifest(body, lambda manifest: manifest["members"]["training.json"].update(size=1)),
        "the member training.json is not the one",
    ),
    "a member too many": (with_member("run.py", lambda: b"import os"), "does not hold what a model consists of"),
    "compressed members": (compressed, "has compressed members"),
    "a detector of a newer format": (
        with_member("detector.json", lambda: b'{"format": 9999}'),
        "has a detector that this engine cannot read",
    ),
    "a detector that is none": (
        with_member("detector.json", lambda: b"[]"),
        "has a detector that this engine cannot read",
    ),
    "arrays that are none": (
        with_member("detector.npz", lambda: b"PK"),
        "has a detector that this engine cannot read",
    ),
    "arrays that would run code": (with_member("detector.npz", pickled), "a detector that this engine cannot read"),
    "arrays without end": (with_member("detector.npz", bomb), "are larger than"),
    "no schema": (with_model(schema=None), "describes no model"),
    "a schema with a bad name": (
        with_model(schema=json.loads(json.dumps(SCHEMA).replace("pump", "a/b"))),
        "must satisfy regular expression pattern",
    ),
    "a schema of other sensors": (
        with_model(schema={"Components": SCHEMA["Components"][:1]}, off_condition=None),
        "its detector has other sensors than its schema",
    ),
    "a sampling rate that there is none of": (with_model(target_sampling_rate="PT7M"), "'PT7M' is none of"),
    "an off condition of another sensor": (
        with_model(off_condition="valve\\Position<1"),
        "off_condition names a sensor",
    ),
    "an off condition that is none": (with_model(off_condition="import os"), "is not understood"),
    "metrics that are no JSON": (with_model(model_metrics="None"), "describes no model"),
    "a time that is none": (with_model(training_data_start_time="now"), "describes no model"),
    "a quality that there is none of": (with_model(model_quality="BEST"), "'BEST' is none of"),
    "a text with a NUL": (with_model(model_version_arn="\x00"), "a text of at most"),
    "a description that lacks a member": (
        lambda body: with_manifest(body, lambda manifest: manifest["model"].pop("schema")),
        "'schema' is missing",
    ),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_what_is_no_model_of_this_engine_is_refused_with_a_sentence(body: bytes, kind: str):
    make, said = FOREIGN[kind]
    told = refusal(make(body))
    assert said in told
    assert "s3://bucket/model.zip" in told


def test_a_file_that_is_too_large_is_not_read_to_its_end(body: bytes, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("service.engine.work.sharing.file_imports.LARGEST_BYTES", 1000)
    assert "is larger than 1000 bytes" in refusal(body)


def test_what_is_packed_comes_out_again(body: bytes):
    file = unpack(body, "")
    assert (file.description, file.members) == (DESCRIPTION, artefacts())
    assert pack(file) == body
