"""Logging in and out with a browser (OWASP Session Management Cheat Sheet).

A session ends after its absolute lifetime, when nobody uses it for a while, with a log-out, and at once when the key
that opened it is revoked or expires.
"""

from datetime import datetime, timedelta

from service.facade.domain.access import Caller
from service.facade.domain.sessions import Session, digest_of, new_secret
from service.facade.problems import NotAuthenticated
from service.facade.resources import Resources
from service.facade.store import browser_sessions

_USE_WRITTEN_EVERY = timedelta(minutes=1)


def open_session(resources: Resources, caller: Caller) -> tuple[Session, str]:
    """A new session of somebody who has just proven who they are, and what their cookie holds from now on. It is never
    an id that a browser brought along (session fixation)."""
    session_id, now = new_secret(), resources.clock()
    session = Session(
        digest=digest_of(session_id),
        caller=caller,
        csrf_token=new_secret(),
        created_at=now,
        expires_at=now + timedelta(hours=resources.settings.session_hours),
        last_seen_at=now,
    )
    with resources.database.begin() as db:
        browser_sessions.insert_session(db, session)
        browser_sessions.discard_ended(db, now, _idle(resources))
    return session, session_id


def find_session(resources: Resources, session_id: str) -> Session:
    """The session that a cookie stands for.

    Raises:
        NotAuthenticated: there is none, or it is over.
        DatabaseUnavailable: it cannot be told at present.
    """
    digest, now = digest_of(session_id), resources.clock()
    with resources.database.begin() as db:
        session = browser_sessions.find(db, digest, now, _idle(resources))
        if session is None:
            raise NotAuthenticated("You are not logged in any more: log in again at /portal/login.")
        if _is_due(session, now):
            browser_sessions.record_use(db, digest, now)
    return session


def close_session(resources: Resources, session_id: str) -> None:
    """End a session; one that is not there has ended already."""
    with resources.database.begin() as db:
        browser_sessions.delete_session(db, digest_of(session_id))


def _idle(resources: Resources) -> timedelta:
    return timedelta(minutes=resources.settings.session_idle_minutes)


def _is_due(session: Session, now: datetime) -> bool:
    return now - session.last_seen_at >= _USE_WRITTEN_EVERY
