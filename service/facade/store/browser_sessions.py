"""Who is logged in with a browser: one row for each session, gone with its log-out, its end, or its key's."""

from datetime import datetime, timedelta

from sqlalchemy import Column, DateTime, Row, Table, Text, delete, insert, or_, select, update
from sqlalchemy import Connection as Db
from sqlalchemy.dialects.postgresql import ARRAY

from service.facade.domain.access import Caller
from service.facade.domain.sessions import Session
from service.facade.store.keys import api_keys
from service.facade.store.metadata import metadata

browser_sessions = Table(
    "browser_sessions",
    metadata,
    Column("digest", Text, primary_key=True),  # sha256 of what is in the cookie, in hexadecimal digits
    Column("team", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("actor", Text, nullable=False),
    Column("key_id", Text),  # the key that opened it; null: a token of the identity provider did
    Column("csrf_token", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    Column("last_seen_at", DateTime(timezone=True), nullable=False),
)


def insert_session(db: Db, session: Session) -> None:
    caller = session.caller
    row = {name: getattr(session, name) for name in browser_sessions.c.keys() if hasattr(session, name)}  # noqa: SIM118
    row |= {"team": caller.team, "scopes": sorted(caller.scopes), "actor": caller.actor, "key_id": caller.key_id}
    db.execute(insert(browser_sessions).values(row))


def find(db: Db, digest: str, now: datetime, idle: timedelta) -> Session | None:
    """The session with this hash; None when it has ended, nobody used it for `idle`, or its key opens nothing more."""
    columns = browser_sessions.c
    opened_by = browser_sessions.outerjoin(api_keys, columns.key_id == api_keys.c.id)
    key_holds = api_keys.c.revoked_at.is_(None) & or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > now)
    query = select(browser_sessions).select_from(opened_by)
    query = query.where(columns.digest == digest, columns.expires_at > now, columns.last_seen_at > now - idle)
    row = db.execute(query.where(or_(columns.key_id.is_(None), api_keys.c.id.is_not(None) & key_holds))).one_or_none()
    return _session(row) if row else None


def record_use(db: Db, digest: str, now: datetime) -> None:
    db.execute(update(browser_sessions).where(browser_sessions.c.digest == digest).values(last_seen_at=now))


def delete_session(db: Db, digest: str) -> None:
    db.execute(delete(browser_sessions).where(browser_sessions.c.digest == digest))


def discard_ended(db: Db, now: datetime, idle: timedelta) -> None:
    """Forget what nobody can use any more."""
    columns = browser_sessions.c
    db.execute(delete(browser_sessions).where(or_(columns.expires_at <= now, columns.last_seen_at <= now - idle)))


def _session(row: Row) -> Session:
    return Session(
        digest=row.digest,
        caller=Caller(row.team, frozenset(row.scopes), row.actor, row.key_id),
        csrf_token=row.csrf_token,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_seen_at=row.last_seen_at,
    )
