"""The first part of a file, looked at while its sender still waits: what format it has, and what is wrong already."""

from collections.abc import Sequence
from io import BytesIO
from itertools import islice

from service.facade.domain.mappings import ReadingRules
from service.facade.domain.models import Component
from service.facade.problems import InvalidUpload
from service.facade.sensordata.faults import Faults, unusable
from service.facade.sensordata.formats import ARROW, PARQUET, TEXT_FORMATS, format_of, is_gzip
from service.facade.sensordata.reading import Table, open_table
from service.facade.sensordata.text import Allowance, beginning_of, read_lines

_LOOKED_AT_BYTES = 256 * 1024  # of what gzip data become
_PLAIN = ReadingRules()


def check_beginning(
    content: bytes,
    schema: Sequence[Component],
    allowance: Allowance,
    *,
    component: str | None,
    file: str | None,
    whole: bool,
    declared: str | None = None,
    rules: ReadingRules = _PLAIN,
) -> str:
    """Look at the first part of a file. What it does not show, such as a header longer than that part or the footer of
    a Parquet file, is left for later.

    Args:
        content: the first part, as it was sent; all of it where `whole`.
        declared: the format that the Content-Type names, if any.
        schema, allowance, component, file, rules: as for `open_table`.

    Returns:
        The format of the file.

    Raises:
        InvalidUpload: the header or some of the rows in this part are wrong, or this is no table that is read here.
        UploadTooLarge: this part holds more than the allowance already.
    """
    plain, plain_whole = beginning_of(content, _LOOKED_AT_BYTES, file=file, whole=whole, allowance=allowance)
    format = format_of(plain, declared=declared, name=file or "")
    if is_gzip(content) and format not in TEXT_FORMATS:
        raise unusable(f"There is {format} inside of the gzip data. Send it as it is: it packs itself.", file=file)
    faults = Faults(file)
    options = {"format": format, "component": component, "rules": rules}
    if format in TEXT_FORMATS:
        if plain_whole or next(read_lines([plain], file=file, whole=False), None) is not None:
            _read(open_table([plain], schema, faults, whole=plain_whole, **options), None)
    elif format == PARQUET and whole:
        open_table(BytesIO(content), schema, faults, **options)
    elif format == ARROW:
        _look_at_arrow(content, schema, faults, whole, options)
    faults.raise_any()
    return format


def _look_at_arrow(
    content: bytes, schema: Sequence[Component], faults: Faults, whole: bool, options: dict[str, object]
) -> None:
    try:
        _read(open_table([content], schema, faults, whole=whole, **options), 1)
    except InvalidUpload:
        if whole:  # else its schema may be longer than this part
            raise


def _read(table: Table, chunks: int | None) -> None:
    for _ in islice(table.chunks, chunks):
        pass
