"""Events out of the index of anomalous rows: runs of points with no pause longer than a gap between them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection as Db
from sqlalchemy import text

from service.facade.domain.events import Event, EventFilter

_NEVER, _FOREVER = "-infinity", "infinity"
_EVERY_EVENT = 2**31
_DECIMALS = 5  # as in the results of executions
# Read from the newest point to the oldest. A pause is the time since the point before; one that is too long, or the end
# of all points, marks the start of an event, and the starts above a point count the newer events. While `number` is
# bounded PostgreSQL stops there and does not read on ("Run Condition").
_EVENTS = text("""
WITH bounds AS MATERIALIZED (
    SELECT (SELECT timestamp FROM (
                SELECT timestamp, timestamp - lead(timestamp) OVER (ORDER BY timestamp DESC) AS pause
                FROM predictions
                WHERE scheduler_id = :scheduler_id AND prediction = 1 AND timestamp <= CAST(:start_time AS timestamptz)
            ) AS until_start
            WHERE pause IS NULL OR pause > :max_gap ORDER BY timestamp DESC LIMIT 1) AS first_start,
           (SELECT timestamp FROM (
                SELECT timestamp, timestamp - lag(timestamp) OVER (ORDER BY timestamp) AS pause
                FROM predictions
                WHERE scheduler_id = :scheduler_id AND prediction = 1
                  AND timestamp > CAST(:end_time AS timestamptz) - :max_gap
            ) AS since_end
            WHERE timestamp > CAST(:end_time AS timestamptz) AND (pause IS NULL OR pause > :max_gap)
            ORDER BY timestamp LIMIT 1) AS next_start,
           (SELECT max(timestamp) FROM predictions WHERE scheduler_id = :scheduler_id) AS newest_row
), points AS (
    SELECT timestamp, anomaly_score, timestamp - lead(timestamp) OVER (ORDER BY timestamp DESC) AS pause
    FROM predictions
    WHERE scheduler_id = :scheduler_id AND prediction = 1
      AND timestamp >= coalesce((SELECT first_start FROM bounds), '-infinity')
      AND timestamp < least((SELECT next_start FROM bounds), CAST(:before AS timestamptz))
), numbered AS (
    SELECT timestamp, anomaly_score,
           count(CASE WHEN pause <= :max_gap THEN NULL ELSE 1 END) OVER (
               ORDER BY timestamp DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
           ) AS number
    FROM points
), events AS (
    SELECT min(timestamp) AS start_time, max(timestamp) AS end_time, count(*) AS points,
           max(anomaly_score) AS peak_score, avg(anomaly_score) AS mean_score,
           (array_agg(timestamp ORDER BY anomaly_score DESC, timestamp) FILTER (WHERE anomaly_score IS NOT NULL))[1]
               AS peak_time,
           (SELECT newest_row FROM bounds) - max(timestamp) < :max_gap AS is_open
    FROM numbered WHERE number < :most GROUP BY number
)
SELECT * FROM events
WHERE end_time > CAST(:start_time AS timestamptz)
  AND end_time - start_time >= :min_duration AND points >= :min_points
  AND (CAST(:min_score AS float8) IS NULL OR peak_score >= :min_score)
  AND (CAST(:open AS boolean) IS NULL OR is_open = :open)
  AND (CAST(:acknowledged AS boolean) IS NULL OR :acknowledged = EXISTS (
        SELECT FROM event_remarks AS remark
        WHERE remark.scheduler_id = :scheduler_id AND remark.kind = 'acknowledgement'
          AND remark.start_time <= events.end_time AND remark.end_time >= events.start_time))
ORDER BY start_time DESC LIMIT :limit""")
_SHARES = text("""
SELECT event.start_time, sensor_lists.names[share.position] AS sensor, share.position = 1 AS is_first,
       count(*) AS rows, sum(share.value) AS total
FROM unnest(CAST(:starts AS timestamptz[]), CAST(:ends AS timestamptz[])) AS event (start_time, end_time)
JOIN predictions ON predictions.scheduler_id = :scheduler_id AND predictions.prediction = 1
    AND predictions.timestamp BETWEEN event.start_time AND event.end_time
JOIN sensor_lists ON sensor_lists.id = predictions.sensor_list_id
CROSS JOIN LATERAL unnest(predictions.contributions) WITH ORDINALITY AS share (value, position)
GROUP BY event.start_time, sensor_lists.id, share.position""")
_USUAL_PAUSE = text("""
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY pause) FROM (
    SELECT timestamp - lead(timestamp) OVER (ORDER BY timestamp DESC) AS pause FROM (
        SELECT timestamp FROM predictions WHERE scheduler_id = :scheduler_id ORDER BY timestamp DESC LIMIT 50
    ) AS newest
) AS pauses""")


def usual_pause(db: Db, scheduler_id: int) -> timedelta | None:
    """The median pause between the newest rows; None where there are fewer than two."""
    return db.scalar(_USUAL_PAUSE, {"scheduler_id": scheduler_id})


def newest_first(
    db: Db, scheduler_id: int, wanted: EventFilter, max_gap: timedelta, limit: int, before: datetime | None = None
) -> list[Event]:
    """Up to `limit` events that start earlier than `before`, without contributions and remarks. One that began before
    the range, or goes on after it, is whole.

    Args:
        before: the start of an event; what begins there is not looked at again.
    """
    values = {
        "scheduler_id": scheduler_id,
        "max_gap": max_gap,
        "start_time": _moment(wanted.start_time, _NEVER),
        "end_time": _moment(wanted.end_time, _FOREVER),
        "before": _moment(before, _FOREVER),
        "min_duration": wanted.min_duration,
        "min_points": wanted.min_points,
        "min_score": wanted.min_score,
        "open": None if wanted.status is None else wanted.status == "open",
        "acknowledged": wanted.acknowledged,
        "most": _EVERY_EVENT if wanted.leaves_events_out else limit + 1,
        "limit": limit,
    }
    return [_event(row) for row in db.execute(_EVENTS, values).mappings()]


def mean_shares(db: Db, scheduler_id: int, events: Sequence[Event]) -> dict[datetime, dict[str, float]]:
    """By the start of each event the mean contribution of every sensor, over its points that have any. A sensor that
    a point's model does not know contributed nothing to it."""
    values = {
        "scheduler_id": scheduler_id,
        "starts": [event.start_time for event in events],
        "ends": [event.end_time for event in events],
    }
    totals: dict[datetime, dict[str, float]] = {}
    rows: dict[datetime, int] = {}
    for row in db.execute(_SHARES, values) if events else ():
        shares = totals.setdefault(row.start_time, {})
        shares[row.sensor] = shares.get(row.sensor, 0.0) + (row.total or 0.0)
        rows[row.start_time] = rows.get(row.start_time, 0) + (row.rows if row.is_first else 0)
    return {
        start: {name: round(total / rows[start], _DECIMALS) for name, total in shares.items()}
        for start, shares in totals.items()
    }


def _event(row: Any) -> Event:
    members = {name: value for name, value in row.items() if name != "is_open"}
    members["mean_score"] = None if row["mean_score"] is None else round(row["mean_score"], _DECIMALS)
    return Event(status="open" if row["is_open"] else "closed", **members)


def _moment(time: datetime | None, otherwise: str) -> str:
    return otherwise if time is None else time.isoformat()
