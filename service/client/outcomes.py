"""How a command ends that uses the REST API: its exit code, and what it says on standard error.

| exit code | |
|---|---|
| 0 | done |
| 1 | refused for another reason, or failed |
| 2 | the command line is wrong |
| 3 | there is no such thing |
| 4 | the key is missing, wrong, or may not do this |
| 5 | the service, or something that it needs, cannot be reached |
| 6 | what was asked for was begun, and ended in failure; rows of an upload were refused |
| 130 | interrupted by Ctrl-C |
"""

from collections.abc import Iterator
from typing import IO, Any

import click

FAILED, NOT_FOUND, REFUSED, UNAVAILABLE, ENDED_IN_FAILURE = 1, 3, 4, 5, 6
_OF_STATUS = {
    401: REFUSED, 403: REFUSED, 404: NOT_FOUND, 429: UNAVAILABLE, 502: UNAVAILABLE, 503: UNAVAILABLE, 504: UNAVAILABLE,
}  # fmt: skip
_OF_SLUG = {"invalid-upload": ENDED_IN_FAILURE}
_MOST_PLACES = 10


class Failure(click.ClickException):
    """A command cannot go on. The message is what the user reads."""

    def __init__(self, message: str, exit_code: int = FAILED) -> None:
        super().__init__(message)
        self.exit_code = exit_code

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.format_message(), file=file, err=file is None)


class Unavailable(Failure):
    """Nobody answers there, or only to say that it is not possible now."""

    def __init__(self, message: str) -> None:
        super().__init__(message, UNAVAILABLE)


def refusal(status: int, document: Any) -> Failure:
    """What an answer that is no success means for a command; `document` is a problem of RFC 9457, if it can be had."""
    if not isinstance(document, dict) or "detail" not in document:
        words = f"The answer was {status}, and not one of this service: is it the address of the REST API?"
        return Failure(words, _OF_STATUS.get(status, FAILED))
    slug = str(document.get("type", "")).rpartition("/")[2]
    code = _OF_SLUG.get(slug) or _OF_STATUS.get(status, FAILED)
    words = problem_words(document)
    if status == 401:
        words += "\nGive a key with --api-key or LOOKOUT_API_KEY; `lookout keys create` makes one."
    return Unavailable(words) if code == UNAVAILABLE else Failure(words, code)


def ended_in_failure(what: str, document: dict[str, Any] | None) -> Failure:
    """What was begun ended with this problem."""
    reason = f": {problem_words(document)}" if document else "."
    return Failure(f"{what}{reason}", ENDED_IN_FAILURE)


def problem_words(document: dict[str, Any]) -> str:
    """A problem as a person reads it: the sentence, and below it the places that are wrong."""
    return "\n".join([document["detail"], *_places(document.get("errors") or [], document["detail"])])


def _places(errors: list[dict[str, Any]], said: str) -> Iterator[str]:
    for error in errors[:_MOST_PLACES]:
        words, detail = _place(error), error.get("detail", "")
        if words:
            yield f"  {words}" + ("" if detail in said else f": {detail}")
    if len(errors) > _MOST_PLACES:
        yield f"  and {len(errors) - _MOST_PLACES} more"


def _place(error: dict[str, Any]) -> str:
    """`motor.csv, row 3, column vibration`, or the parameter, or the member of a body."""
    parts = [error.get("file"), error.get("parameter"), error.get("pointer")]
    parts += [f"{name} {error[name]}" for name in ("row", "column") if name in error]
    return ", ".join(str(part) for part in parts if part)
