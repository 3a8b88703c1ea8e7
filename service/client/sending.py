"""Files on their way to a scheduler: through the service, or, where they are large, straight into S3."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from service.client.forms import Form, file_blocks
from service.client.outcomes import FAILED, Failure, Unavailable
from service.client.paths import scheduler_path
from service.client.session import Session

LARGE_BYTES = 64 * 1024**2


def send(session: Session, name: str, files: Sequence[Path], direct: bool | None, options: dict[str, Any]) -> list[Any]:
    """The uploads that were begun: one for all files, or one for each that S3 gets directly.

    `direct` None: as the size of the files suggests. `options` are query parameters of an upload.
    """
    if direct is None:
        direct = sum(file.stat().st_size for file in files) >= LARGE_BYTES and not options["force"]
    if direct:
        return [_send_directly(session, name, file, options) for file in files]
    return [_send_through(session, name, files, options)]


def _send_through(session: Session, name: str, files: Sequence[Path], options: dict[str, Any]) -> Any:
    form = Form(files)
    headers = form.headers
    total = int(headers["Content-Length"])
    given = {key: str(value).lower() if value is True else value for key, value in options.items() if value}
    path = f"{scheduler_path(name, 'uploads')}?{urlencode(given)}".rstrip("?")
    rest = session.rest  # says where it is before the bar begins
    with session.screen.progress("sending", in_bytes=True) as tell:
        return rest.ask("POST", path, lambda: form.blocks(lambda sent: tell(sent, total)), headers)


def _send_directly(session: Session, name: str, file: Path, options: dict[str, Any]) -> Any:
    """Ask for an address, put the file there, and say that it is there."""
    wanted = {key: value for key, value in options.items() if value and key != "force"}
    size = file.stat().st_size
    named = {**wanted, "file_name": file.name, "size": size}
    place = session.rest.post(scheduler_path(name, "direct-uploads"), named)
    _put(session, place, file, size)
    return session.rest.post(f"/v1/uploads/{place['id']}/complete")


def _put(session: Session, place: dict[str, Any], file: Path, size: int) -> None:
    headers = {**place["headers"], "Content-Length": str(size)}
    try:
        with session.screen.progress(f"sending {file.name}", in_bytes=True) as tell:
            answer = session.rest.send(
                place["method"], place["url"], lambda: file_blocks(file, lambda sent: tell(sent, size)), headers
            )
    except Unavailable as error:
        where = place["url"].partition("?")[0]
        raise Unavailable(
            f"S3 cannot be reached from here at {where}: whoever runs the service names the address for callers with"
            " LOOKOUT_S3_PUBLIC_ENDPOINT_URL; --no-direct sends the file through the service."
        ) from error
    if answer.status >= 300:
        raise Failure(f"S3 did not take {file.name} ({answer.status}): {answer.data.decode(errors='replace')}", FAILED)
