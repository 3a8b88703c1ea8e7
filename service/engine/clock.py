"""The time as the engine takes it: the machine's, or one that a file says, for rehearsals and tests.

Every process of an engine whose settings name the file lives in that time: whoever writes it can play a day of
schedules in a minute. It goes forward only: where the file is older than what was read, what was read stays.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import structlog

from service.settings import Settings, SettingsError

Clock = Callable[[], datetime]

log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


def clock_of(settings: Settings) -> Clock:
    """The clock that the settings name.

    Raises:
        SettingsError: the file does not say a time; or signatures are verified, whose times are those of callers.
    """
    if not settings.clock_file:
        return utc_now
    if settings.verify_signatures:
        raise SettingsError("LOOKOUT_CLOCK_FILE is for rehearsals: it cannot be used with LOOKOUT_VERIFY_SIGNATURES.")
    log.warning("clock_driven", file=settings.clock_file)
    return driven_clock(Path(settings.clock_file))


def driven_clock(path: Path) -> Clock:
    """A clock that stands at the instant in the file until another one is written there."""
    seen = [_read(path)]

    def clock() -> datetime:
        with suppress(SettingsError):  # read while it was being written
            seen[0] = max(seen[0], _read(path))
        return seen[0]

    return clock


def drive(path: Path, moment: datetime) -> None:
    """Write the time for engines that follow this file, at once as a whole."""
    beside = path.with_suffix(".new")
    beside.write_text(moment.astimezone(UTC).isoformat())
    beside.replace(path)


def _read(path: Path) -> datetime:
    try:
        return datetime.fromisoformat(path.read_text().strip()).astimezone(UTC)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"LOOKOUT_CLOCK_FILE: {path} does not say a time such as 2026-03-01T13:00:00Z: {error}"
        ) from error
