"""The body of an upload as a stream of files: one table, or many in multipart/form-data. Never whole in memory."""

from collections.abc import Iterable, Iterator
from itertools import chain

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from service.facade.problems import BadRequest, InvalidUpload, UnsupportedMediaType, UploadTooLarge
from service.facade.sensordata.formats import CONTENT_TYPES, format_of_type
from service.facade.usecases.upload_staging import SentFile

FORM_TYPE = "multipart/form-data"
MOST_FILES = 10_000
_BLOCK_BYTES = 256 * 1024
_MOST_WAITING_BYTES = 2 * 1024 * 1024  # of a part's headers; data are passed on as they come
_MOST_FIELDS, _LONGEST_FIELD = 50, 10_000
_ENCODINGS = ("", "identity", "gzip")


def files_in(request: Request, most_bytes: int) -> Iterator[SentFile]:
    """Each file in the body, to be read once and in order. A lone one has the name "".

    Gzip needs no undoing here: whoever reads the file sees it at its first bytes.

    Raises:
        UploadTooLarge: at once when the length is announced, else as soon as that many bytes have come.
        UnsupportedMediaType: neither a table that is read here nor a form, or compressed in another way.
        BadRequest: the form is not well-formed or ends too early.
    """
    if request.content_length is not None and request.content_length > most_bytes:
        raise _too_large(most_bytes)
    if request.headers.get("Content-Encoding", "").lower() not in _ENCODINGS:
        raise UnsupportedMediaType("Send the body as it is, or with Content-Encoding: gzip.")
    blocks = _blocks(request, most_bytes)
    if request.mimetype == FORM_TYPE:
        return _files_of(_form_events(blocks, request.mimetype_params.get("boundary")))
    return iter([SentFile("", blocks, declared_format(request.mimetype))])


def form_in(request: Request, most_bytes: int) -> tuple[dict[str, str], Iterator[SentFile]]:
    """A form of a page: the fields before its first file, and then its files, to be read once and in order.

    Raises: like `files_in`.
    """
    if request.mimetype != FORM_TYPE:
        raise UnsupportedMediaType(f"Send the form as {FORM_TYPE}.")
    events = _form_events(_blocks(request, most_bytes), request.mimetype_params.get("boundary"))
    fields: dict[str, str] = {}
    for event in events:
        if isinstance(event, File):
            return fields, _files_of(chain([event], events))
        if isinstance(event, Field):
            fields[event.name] = _text(_data(events))
            if len(fields) > _MOST_FIELDS:
                raise BadRequest(f"A form of a page has up to {_MOST_FIELDS} fields.")
    return fields, iter(())


def declared_format(content_type: str) -> str | None:
    """The format that a Content-Type names, None where it leaves that to the bytes.

    Raises:
        UnsupportedMediaType: it is none that is read here.
    """
    try:
        return format_of_type(content_type)
    except KeyError:
        given = content_type or "no content type"
        said = f"The body came with {given}; send {', '.join(CONTENT_TYPES)}, or {FORM_TYPE} with files of these."
        raise UnsupportedMediaType(said) from None


def _blocks(request: Request, most_bytes: int) -> Iterator[bytes]:
    received = 0
    while block := _read(request):
        received += len(block)
        if received > most_bytes:
            raise _too_large(most_bytes)
        yield block
    if received < (request.content_length or 0):  # gunicorn hands out what came before the connection was cut
        raise BadRequest(f"The body ended after {received:,} of {request.content_length:,} bytes. Send it again.")


def _read(request: Request) -> bytes:
    try:
        return request.stream.read(_BLOCK_BYTES)
    except OSError as error:  # what gunicorn says of chunks that are none, or that do not come
        raise BadRequest("The body did not come to its end. Send it again.") from error


def _form_events(blocks: Iterable[bytes], boundary: str | None) -> Iterator[Event]:
    if not boundary:
        raise BadRequest("The Content-Type of the form names no boundary.")
    return _events(blocks, boundary)


def _text(data: Iterator[bytes]) -> str:
    text = b""
    for block in data:
        text += block
        if len(text) > _LONGEST_FIELD:
            raise BadRequest(f"A field of the form may have up to {_LONGEST_FIELD:,} bytes.")
    return text.decode(errors="replace")


def _files_of(events: Iterator[Event]) -> Iterator[SentFile]:
    for event in events:
        if isinstance(event, File):
            yield SentFile(event.filename, _data(events), _declared_in_part(event))
        elif isinstance(event, Field):
            raise InvalidUpload(f"The part {event.name!r} is no file: it has no filename.")


def _declared_in_part(part: File) -> str | None:
    """Senders guess the type of a part by its name, and often wrong; what they do not know is left to the bytes."""
    try:
        return format_of_type(parse_options_header(part.headers.get("Content-Type"))[0].lower())
    except KeyError:
        return None


def _data(events: Iterator[Event]) -> Iterator[bytes]:
    for event in events:
        if isinstance(event, Data):
            yield event.data
            if not event.more_data:
                return


def _events(blocks: Iterable[bytes], boundary: str) -> Iterator[Event]:
    decoder = MultipartDecoder(boundary.encode("latin-1"), _MOST_WAITING_BYTES, max_parts=MOST_FILES)
    try:
        for block in chain(blocks, [None]):  # None tells the decoder that nothing follows
            decoder.receive_data(block)
            while not isinstance(event := decoder.next_event(), NeedData):
                if isinstance(event, Epilogue):
                    return
                yield event
    except RequestEntityTooLarge as error:
        raise UploadTooLarge(f"A form may hold up to {MOST_FILES:,} files, and short headers.") from error
    except ValueError as error:
        raise BadRequest(f"The form is not well-formed: {error}.") from error


def _too_large(most_bytes: int) -> UploadTooLarge:
    return UploadTooLarge(
        f"One upload may have up to {most_bytes:,} bytes. Split it by time, compress it, or send it with "
        f"POST /v1/schedulers/{{name}}/direct-uploads."
    )
