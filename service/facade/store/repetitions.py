"""Uploads that had the same content before."""

from sqlalchemy import Connection as Db
from sqlalchemy import Row, exists, func, or_, select

from service.facade.store.uploads import IS_UNFINISHED, uploads

_DONE_OR_TO_DO = uploads.c.status.in_(("queued", "running", "succeeded"))


def lock_scheduler(db: Db, team: str, scheduler_name: str) -> None:
    """Until the end of the transaction nobody else records an upload for this scheduler: of two that send the same at
    the same moment, the second sees the first."""
    key = func.hashtextextended(f"accept upload:{team}:{scheduler_name}", 0)
    db.execute(select(func.pg_advisory_xact_lock(key)))


def find_earlier(db: Db, team: str, scheduler_name: str, content_hash: str, upload_id: str) -> str | None:
    """The id of the newest upload of the same content that makes this one superfluous: none that failed or was only
    tried, and none over whose windows another upload may have written since."""
    mine = (uploads.c.team == team) & (uploads.c.inference_scheduler_name == scheduler_name) & ~uploads.c.dry_run
    same = (uploads.c.content_hash == content_hash) & _DONE_OR_TO_DO & uploads.c.repeats.is_(None)
    query = select(uploads).where(mine, same, uploads.c.id != upload_id)
    earlier = db.execute(query.order_by(uploads.c.sequence.desc()).limit(1)).one_or_none()
    if earlier is None:
        return None
    later = (uploads.c.sequence > earlier.sequence) & (uploads.c.id != upload_id)
    overwritten = select(exists().where(mine, later, _may_have_written(earlier)))
    return None if db.scalar(overwritten) else earlier.id


def _may_have_written(earlier: Row):
    """Into the windows of an earlier upload; what is not known counts as yes."""
    wrote = IS_UNFINISHED | (uploads.c.files_written > 0)
    if earlier.first_timestamp is None:
        return wrote
    apart = (uploads.c.first_timestamp > earlier.last_timestamp) | (uploads.c.last_timestamp < earlier.first_timestamp)
    return wrote & or_(uploads.c.first_timestamp.is_(None), ~apart)
