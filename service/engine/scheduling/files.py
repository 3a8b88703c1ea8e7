"""Which keys of an input prefix belong to a window, and where its results go.

`<prefix><component><delimiter><stamp>.csv`, flat under the prefix. The files of a window are those whose
stamp lies within one frequency of it, both ends included: the range the service prints in its own
FailedReason ('…20220513120500' ~ '…20220513122000' for the window 12:10-12:15).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo

from service.engine.scheduling.stamps import format_stamp, offsets_around, parse_stamp
from service.engine.scheduling.windows import Window, utc_text

SUFFIX = ".csv"
DELIMITERS = ("-", "_", " ", "")


@dataclass(frozen=True)
class FileNaming:
    """How one scheduler's input files are named."""

    prefix: str
    timestamp_format: str
    delimiter: str
    zone: tzinfo

    def key_start(self, component: str) -> str:
        """What every key of a component starts with."""
        return f"{self.prefix}{component}{self.delimiter}"

    def stem(self, component: str, moment: datetime) -> str:
        """The key of the file stamped `moment`, without its suffix."""
        return self.key_start(component) + format_stamp(moment, self.timestamp_format, self.zone)

    def key(self, component: str, moment: datetime) -> str:
        return self.stem(component, moment) + SUFFIX

    def stamps_of(self, component: str, key: str) -> tuple[datetime, ...]:
        """The instants a key may be stamped with (see `parse_stamp`); none when it is not a file of this component.

        The whole rest of the key has to be a stamp, so a component never takes the files of another one whose
        name merely begins with its own (`pump` and `pump_2`).
        """
        start = self.key_start(component)
        if not (key.startswith(start) and key.endswith(SUFFIX)):
            return ()
        return parse_stamp(key[len(start) : -len(SUFFIX)], self.timestamp_format, self.zone)


@dataclass(frozen=True)
class SearchRange:
    """The stamps that a window's files may carry, both ends included."""

    earliest: datetime
    latest: datetime

    def __contains__(self, stamp: datetime) -> bool:
        return self.earliest <= stamp <= self.latest


def search_range(window: Window) -> SearchRange:
    """One frequency before the window to one frequency after it: its own file and the two neighbours."""
    return SearchRange(window.data_start_time - window.frequency, window.data_end_time + window.frequency)


def list_after(naming: FileNaming, component: str, stamps: SearchRange) -> str:
    """A key that sorts just before every file of the range: where to start listing."""
    return min(_keys(naming, component, stamps, stamps.earliest - timedelta(seconds=1)))


def list_until(naming: FileNaming, component: str, stamps: SearchRange) -> str:
    """The last key that can belong to the range: where to stop listing."""
    return max(_keys(naming, component, stamps, stamps.latest))


def _keys(naming: FileNaming, component: str, stamps: SearchRange, moment: datetime) -> list[str]:
    """The key of an instant by every offset that is in use around the range."""
    offsets = offsets_around(naming.zone, stamps.earliest, stamps.latest)
    texts = (format_stamp(moment, naming.timestamp_format, timezone(offset)) for offset in offsets)
    return [naming.key_start(component) + text + SUFFIX for text in texts]


def stamp_within(naming: FileNaming, component: str, key: str, stamps: SearchRange) -> datetime | None:
    """The stamp of a file of this component that lies in the range, the later one of two; None for all other keys."""
    return max((stamp for stamp in naming.stamps_of(component, key) if stamp in stamps), default=None)


def result_key(output_prefix: str, window: Window) -> str:
    """`<prefix><DataStartTime>/results.jsonl`; the folder is always UTC."""
    return f"{output_prefix}{utc_text(window.data_start_time)}/results.jsonl"
