"""Two components of a pump, and the text of their input files for an hour of 2026-03-01."""

from datetime import UTC, datetime, timedelta

HOUR = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
COLUMNS = {"pump": ("flow", "power"), "motor": ("current", "power")}
SCHEMA = {
    "Components": [
        {"ComponentName": name, "Columns": [{"Name": "Timestamp", "Type": "DATETIME"},
                                            *({"Name": sensor, "Type": "DOUBLE"} for sensor in sensors)]}
        for name, sensors in COLUMNS.items()
    ]
}  # fmt: skip


def csv(component: str, start: datetime, rows: int = 5, step: timedelta = MINUTE) -> str:
    """The first sensor reads the minute of the hour, the second its double."""
    times = [start + at * step for at in range(1, rows + 1)]
    lines = [f"{time.isoformat()[:19]},{(time - HOUR) / MINUTE},{(time - HOUR) / MINUTE * 2}" for time in times]
    return "\n".join([",".join(["Timestamp", *COLUMNS[component]]), *lines, ""])
