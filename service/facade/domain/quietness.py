"""What is kept without being told aloud: history, results that a replay changed, and times of maintenance. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from service.facade.domain.maintenance import MaintenanceWindow

HISTORY = "history"  # not even kept


@dataclass(frozen=True, kw_only=True)
class ReplayedRange:
    """What a replay that somebody asked for scored; `notify`: its results are to be told as if they were new."""

    start_time: datetime
    end_time: datetime
    begun_at: datetime
    notify: bool


@dataclass(frozen=True, kw_only=True)
class Result:
    """A row, or an execution: the time it is about, the start of its window, and when its result was read."""

    time: datetime
    data_start_time: datetime
    read_at: datetime


@dataclass(frozen=True, kw_only=True)
class Quietness:
    """The rules for one scheduler. What is not later than `since` is history. `lead` is how long after its start a
    window is due: a replay leaves windows alone that were not due when it began."""

    since: datetime
    lead: timedelta = timedelta(0)
    replays: tuple[ReplayedRange, ...] = ()
    maintenance: tuple[MaintenanceWindow, ...] = ()

    def of(self, result: Result) -> str | None:
        """None: it is told aloud. Else "replay" or "maintenance", or HISTORY, of which nothing is told at all.

        Of replays the last one counts that can have scored the window. What it was to tell of is told, however old.
        """
        replay = max(filter(lambda one: self._scored(one, result), self.replays), key=_begun, default=None)
        if replay and not replay.notify:
            return "replay"
        if not replay and result.time <= self.since:
            return HISTORY
        return self.at(result.time)

    def at(self, moment: datetime) -> str | None:
        """The same for what is no result: a change of status, say."""
        return "maintenance" if any(window.covers(moment) for window in self.maintenance) else None

    def _scored(self, replay: ReplayedRange, result: Result) -> bool:
        within = replay.start_time <= result.data_start_time and result.time <= replay.end_time
        return within and result.data_start_time + self.lead <= replay.begun_at <= result.read_at


def loudest(reasons: list[str | None]) -> str | None:
    """How loud several results are together: one that is told aloud is enough, and history counts least."""
    if None in reasons:
        return None
    return next((reason for reason in reasons if reason != HISTORY), HISTORY)


def _begun(replay: ReplayedRange) -> datetime:
    return replay.begun_at
