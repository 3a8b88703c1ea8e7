"""What becomes of windows when workers fall behind: a bound of work is kept, and what is older is given up and says so.

The bound is what the scheduler's policy for missed windows keeps: of `latest` and `skip` the newest window, of `all`
those of the last hours. Whoever runs a scheduler's windows takes the newest first (`attempts.window_in_hand`), so what
is given up are the oldest.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from service.engine.resources import Resources
from service.engine.scheduling.windows import CatchUp, oldest_kept
from service.engine.store.database import Connection
from service.engine.store.overdue import give_up, overdue
from service.engine.store.schedulers import Scheduler
from service.engine.work.schedules import catch_up_of, schedule_of

log = structlog.get_logger(__name__)


def give_up_overdue(
    resources: Resources, connection: Connection, schedulers: Sequence[Scheduler], now: datetime
) -> int:
    """Fail the windows of these schedulers that no worker took in time; how many there were."""
    policies = {scheduler.id: catch_up_of(scheduler, resources.settings) for scheduler in schedulers}
    bounds = {one.id: oldest_kept(schedule_of(one), now, policies[one.id]) for one in schedulers}
    found = overdue(connection, bounds)
    if found:
        give_up(connection, {one.id: _reason(policies[one.scheduler_id]) for one in found}, now)
        log.warning("windows_given_up", count=len(found))
    return len(found)


def _reason(policy: CatchUp) -> str:
    if policy.policy == "ALL":
        hours = policy.bound / timedelta(hours=1)
        waited = f"was free for this window in the {hours:g} hours that missed windows are kept (catch-up policy ALL)"
    else:
        waited = f"was free for this window before the next one was due (catch-up policy {policy.policy})"
    return f"No worker {waited}. The workers are too few or were away: run more of them, then replay what was missed."
