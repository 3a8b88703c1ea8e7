"""What is known of many schedulers at once: one query for the figures, one for the lines, however many they are."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection as Db
from sqlalchemy import text

from service.facade.domain.buckets import ORIGIN
from service.facade.domain.fleet import PERIODS, Figures, Peak

_PEAK_WIDTH = timedelta(minutes=15)
_FIGURES = text("""
SELECT followed.id, followed.inference_scheduler_arn AS arn,
       latest.timestamp AS scored_at, latest.anomaly_score AS score, latest.prediction = 1 AS is_anomalous,
       hours.week, hours.month, incident.start_time AS incident_since, watched.stale_at IS NOT NULL AS is_stale,
       watched.failing_through >= coalesce(watched.last_success_end_time, '-infinity') AS is_failing
FROM followed_schedulers AS followed
LEFT JOIN watched_schedulers AS watched ON watched.scheduler_id = followed.id
LEFT JOIN LATERAL (
    SELECT timestamp, anomaly_score, prediction FROM predictions
    WHERE scheduler_id = followed.id ORDER BY timestamp DESC LIMIT 1
) AS latest ON true
LEFT JOIN LATERAL (
    SELECT sum(anomalous)::float / nullif(sum(scored), 0) AS month,
           (sum(anomalous) FILTER (WHERE hour >= :week))::float / nullif(sum(scored) FILTER (WHERE hour >= :week), 0)
               AS week
    FROM prediction_hours WHERE scheduler_id = followed.id AND hour >= :month
) AS hours ON true
LEFT JOIN LATERAL (
    SELECT min(start_time) AS start_time FROM anomaly_incidents
    WHERE scheduler_id = followed.id AND closed_at IS NULL
) AS incident ON true
WHERE followed.team = :team AND followed.inference_scheduler_arn = ANY(:arns)
""")
_PEAKS = text("""
SELECT scheduler_id, date_bin(:width, timestamp - interval '1 microsecond', :origin) + :width AS time,
       max(anomaly_score) AS score, count(*) AS scored, count(*) FILTER (WHERE prediction = 1) AS anomalous
FROM predictions WHERE scheduler_id = ANY(:ids) AND timestamp > :since
GROUP BY 1, 2 ORDER BY 1, 2
""")


@dataclass(frozen=True)
class _Day:
    share: float
    peaks: tuple[Peak, ...]


def figures(db: Db, team: str, arns: Collection[str], now: datetime) -> dict[str, Figures]:
    """What is known of those of these schedulers that are followed, by ARN. The shares of the day are exact; those of
    the week and the month begin with a whole hour."""
    values = {"team": team, "arns": list(arns), **{name: now - PERIODS[name] for name in ("week", "month")}}
    rows = db.execute(_FIGURES, values).mappings().all()
    days = _days(db, [row["id"] for row in rows], now)
    found = {}
    for row in rows:
        day = days.get(row["id"])
        told = {name: value for name, value in row.items() if name not in ("id", "arn")}
        told |= {name: bool(row[name]) for name in ("is_anomalous", "is_stale", "is_failing")}
        found[row["arn"]] = Figures(**told, day=day and day.share, peaks=day.peaks if day else ())
    return found


def _days(db: Db, ids: list[int], now: datetime) -> dict[int, _Day]:
    """The last day of each scheduler that has one."""
    values = {"ids": ids, "since": now - PERIODS["day"], "width": _PEAK_WIDTH, "origin": ORIGIN}
    by_scheduler = defaultdict(list)
    for row in db.execute(_PEAKS, values):
        by_scheduler[row.scheduler_id].append(row)
    return {
        scheduler_id: _Day(
            share=sum(row.anomalous for row in rows) / sum(row.scored for row in rows),
            peaks=tuple(Peak(row.time, row.score, row.anomalous > 0) for row in rows),
        )
        for scheduler_id, rows in by_scheduler.items()
    }
