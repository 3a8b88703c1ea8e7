"""What kind of table a file is: told by its Content-Type, its name, and above all its first bytes."""

from service.facade.sensordata.arrow_frames import CONTINUES, FILE_MAGIC
from service.facade.sensordata.faults import unusable
from service.facade.sensordata.text import GZIP_MAGIC

CSV, NDJSON, PARQUET, ARROW = FORMATS = ("csv", "ndjson", "parquet", "arrow")
TEXT_FORMATS = (CSV, NDJSON)
_PARQUET_MAGIC = b"PAR1"
_OTHER_MAGIC = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook", b"\xd0\xcf\x11\xe0": "an Excel workbook",
    b"%PDF": "a PDF document", b"\x28\xb5\x2f\xfd": "Zstandard data", b"BZh91AY": "bzip2 data",
    b"\xfd7zXZ": "xz data", b"Obj\x01": "an Avro file", b"\x89HDF": "an HDF5 file",
}  # fmt: skip
_TYPES = {
    "text/csv": CSV, "application/csv": CSV, "application/vnd.ms-excel": None,  # what Windows calls a .csv
    "application/x-ndjson": NDJSON, "application/ndjson": NDJSON, "application/jsonl": NDJSON,
    "application/x-jsonlines": NDJSON, "application/vnd.apache.parquet": PARQUET, "application/x-parquet": PARQUET,
    "application/vnd.apache.arrow.stream": ARROW, "application/vnd.apache.arrow.file": ARROW,
    "application/gzip": None, "application/x-gzip": None, "application/octet-stream": None, "text/plain": None,
}  # fmt: skip
CONTENT_TYPES = tuple(_TYPES)
ENDINGS = {".csv": CSV, ".ndjson": NDJSON, ".jsonl": NDJSON, ".parquet": PARQUET, ".arrow": ARROW, ".feather": ARROW}


def format_of_type(content_type: str) -> str | None:
    """The format that a Content-Type names, None where it leaves that to the bytes.

    Raises:
        KeyError: a type that is not read here.
    """
    return _TYPES[content_type]


def format_of(beginning: bytes, *, declared: str | None, name: str) -> str:
    """The format of a file.

    Args:
        beginning: its first bytes; of gzip data the first that were unpacked.
        declared: the format that its Content-Type names, if it names one.
        name: its name, "" for a lone body.

    Raises:
        InvalidUpload: the bytes are of another kind than its type or name says, or of none that is read here.
    """
    found = _seen_in(beginning, name or None)
    _, dot, ending = name.lower().removesuffix(".gz").rpartition(".")
    named = ENDINGS.get(dot + ending)
    for said, where in ((declared, "Content-Type"), (named, "name")):
        if said and found and said != found:
            detail = f"The {where} says {said}, but the first bytes are those of {found}. Correct one of them."
            raise unusable(detail, file=name or None)
        if said and not found and said not in TEXT_FORMATS:
            raise unusable(f"The {where} says {said}, but the file does not begin like that.", file=name or None)
    return found or declared or named or CSV


def is_gzip(beginning: bytes) -> bool:
    return beginning.startswith(GZIP_MAGIC)


def _seen_in(beginning: bytes, file: str | None) -> str | None:
    """The format that the bytes are for certain."""
    if beginning.startswith(_PARQUET_MAGIC):
        return PARQUET
    if beginning.startswith((FILE_MAGIC[:6], CONTINUES)):
        return ARROW
    for magic, what in _OTHER_MAGIC.items():
        if beginning.startswith(magic):
            raise unusable(f"This is {what}. Send CSV, NDJSON, Parquet or Arrow; gzip may be around text.", file=file)
    text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"["):
        raise unusable("This is a JSON array. Write one object on each line (NDJSON), without brackets.", file=file)
    return NDJSON if text.startswith(b"{") else None
