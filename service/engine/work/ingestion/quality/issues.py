"""StatusDetail of a job that went well: a line for each kind of issue, under the code that AWS gives it.

A job leans to success, so this is where its owner reads what was left out, and of which sensors, components and files.
"""

from collections.abc import Iterable, Iterator, Sequence

from service.engine.objects import StoredObject
from service.engine.work.ingestion.quality.accounts import ComponentAccount
from service.engine.work.ingestion.quality.statistics import SensorStatistics

NAMED = 5  # sensors, components or files of a line; the counts are of all
LONGEST_LINE = 800  # characters; six lines stay below the 5,000 of the service model


def issues_in_words(
    accounts: Sequence[ComponentAccount],
    found: Sequence[SensorStatistics],
    left_out: Sequence[tuple[StoredObject, str]],
) -> str | None:
    """The issues, each in a line; None where there are none.

    Args:
        left_out: the files that were not ingested, and why.
    """
    lines = [line for line in (*_of_sensors(found), *_of_rows(accounts), _of_files(left_out)) if line]
    return "\n".join(lines) or None


def _of_sensors(found: Sequence[SensorStatistics]) -> Iterator[str | None]:
    without = [sensor for sensor in found if not sensor.has_data]
    holes = [sensor for sensor in found if sensor.has_data and sensor.missing + sensor.invalid]
    empty, bad = sum(sensor.missing for sensor in holes), sum(sensor.invalid for sensor in holes)
    short = [sensor for sensor in found if sensor.is_short]
    yield _line("COMPLETE_SENSOR_DATA_MISSING", "there is no value at all of", map(_name, without))
    yield _line(
        "DATA_MISSING_IN_COLUMN", f"cells empty: {empty}, cells that are no number: {bad}, in", map(_name, holes)
    )
    yield _line("INSUFFICIENT_SENSOR_DATA", "less than 14 days lie between first and last value of", map(_name, short))


def _of_rows(accounts: Sequence[ComponentAccount]) -> Iterator[str | None]:
    unread = [account for account in accounts if account.bad_times]
    twice = [account for account in accounts if account.duplicates]
    lost, replaced = sum(account.bad_times for account in unread), sum(account.duplicates for account in twice)
    yield _line(
        "UNSUPPORTED_DATE_FORMATS",
        f"rows left out because their time is in no accepted layout: {lost}, in component",
        (account.component for account in unread),
    )
    yield _line(
        "DUPLICATE_TIMESTAMPS",
        f"rows replaced by a later one of the same time: {replaced}, in component",
        (account.component for account in twice),
    )


def _of_files(left_out: Sequence[tuple[StoredObject, str]]) -> str | None:
    return _line(
        "FILES_NOT_INGESTED",
        f"files left out: {len(left_out)},",
        (f"{entry.key} ({why})" for entry, why in left_out),
    )


def _line(code: str, said: str, about: Iterable[str]) -> str | None:
    names = list(about)
    if not names:
        return None
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    line = f"{code}: {said} {', '.join(names[:NAMED])}{more}."
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"


def _name(sensor: SensorStatistics) -> str:
    return f"{sensor.component}\\{sensor.sensor}"
