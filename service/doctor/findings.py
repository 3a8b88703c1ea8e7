"""What a check finds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from service.settings import Settings

STATUSES = ("ok", "skipped", "warning", "failed")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: how it is, and, where it is not well, what to do about it."""

    status: str
    detail: str
    mend: str = ""


@dataclass(frozen=True)
class View:
    """What a check sees. `given` is what the environment says, in `settings` what runs on this machine fills the gaps;
    `failed` are the names of the checks before this one that did not end well."""

    given: Settings
    settings: Settings
    failed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Check:
    """`needs` are checks without which this one has nothing to look at: where one has failed, its cause is named there
    and once. `after` are checks whose outcome it wants to know."""

    name: str
    look: Callable[[View], Iterator[Finding]]
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def shown(url: str) -> str:
    """An address as findings may name it: without user and password."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def ok(detail: str) -> Finding:
    return Finding("ok", detail)


def skipped(detail: str) -> Finding:
    return Finding("skipped", detail)


def warning(detail: str, mend: str) -> Finding:
    return Finding("warning", detail, mend)


def failed(detail: str, mend: str) -> Finding:
    return Finding("failed", detail, mend)
