"""The audit log written and read. A write that cannot be noted is not done: the row is there before the act."""

from datetime import datetime
from typing import Any

import structlog

from service.facade.domain.audit import Act, AuditEntry, AuditFilter
from service.facade.domain.pages import Page, decode_cursor, leads_nowhere
from service.facade.problems import DatabaseUnavailable
from service.facade.resources import Resources
from service.facade.store import audit

log = structlog.get_logger(__name__)


def begin_act(resources: Resources, act: Act) -> int:
    """Write down what somebody sets about to do; returns the id of the row.

    Raises:
        DatabaseUnavailable: it cannot be written down, so it must not be done.
    """
    with resources.database.begin() as db:
        return audit.insert(db, act)


def end_act(resources: Resources, entry_id: int, status: int, problem: str | None, name: str | None) -> None:
    """Complete the row with what was answered. The act is done, so a database that is away now is only logged; the row
    without a status says that somebody set about it."""
    try:
        with resources.database.begin() as db:
            audit.record_outcome(db, entry_id, status, problem, resources.clock(), name)
    except DatabaseUnavailable:
        log.warning("audit_outcome_not_written", entry=entry_id, status=status, problem=problem)


def note_refusal(resources: Resources, act: Act, status: int, problem: str) -> None:
    """Write down that somebody was refused. Nothing was done, so the answer does not depend on this."""
    try:
        with resources.database.begin() as db:
            audit.insert(db, act, status, problem)
    except DatabaseUnavailable:
        log.warning("audit_refusal_not_written", team=act.team, actor=act.actor, path=act.path, problem=problem)


def list_audit_log(
    resources: Resources, team: str, wanted: AuditFilter, limit: int, cursor: str | None
) -> Page[AuditEntry]:
    """A team's entries, newest first."""
    before = _position(decode_cursor(cursor, audit_query(wanted))) if cursor else None
    with resources.database.begin() as db:
        page = audit.page(db, team, wanted, limit, before)
    last = page.next_position
    return Page(page.items, last and [last[0].isoformat(), last[1]])


def audit_query(wanted: AuditFilter) -> dict[str, Any]:
    """What a cursor of this list is bound to."""
    shown = {name: value and value.isoformat() for name, value in vars(wanted).items() if name.endswith("_time")}
    return {"list": "audit-log", **vars(wanted), **shown}


def _position(saved: Any) -> audit.Position:
    try:
        at, entry_id = saved
        if not 0 <= int(entry_id) < 2**63:
            raise ValueError(entry_id)
        return datetime.fromisoformat(at), int(entry_id)
    except (TypeError, ValueError) as error:
        raise leads_nowhere() from error
