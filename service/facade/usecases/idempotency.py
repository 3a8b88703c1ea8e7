"""A POST that is sent twice with the same `Idempotency-Key` is done once, and answered alike both times."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeVar
from uuid import uuid4

from service.facade.problems import DatabaseUnavailable, IdempotencyKeyReused, RequestInFlight
from service.facade.resources import Resources
from service.facade.store import idempotency

_ABANDONED_AFTER = timedelta(minutes=1)  # longer than any request lives
_KEPT = timedelta(days=1)


class HasId(Protocol):
    @property
    def id(self) -> str: ...


Begun = TypeVar("Begun", bound=HasId)


@dataclass(frozen=True)
class SentRequest:
    """`fingerprint` is the same for the same method, address and body; `key` is None when the caller sent none."""

    key: str | None
    fingerprint: str


def once(
    resources: Resources, sent: SentRequest, begin: Callable[[str], Begun], again: Callable[[str], Begun]
) -> Begun:
    """What `begin(client_token)` began, or what `again(id)` says of it when this request was sent before.

    The key travels on as the upstream's ClientToken, so a request whose answer got lost on the way creates nothing
    twice either. A request that came to nothing frees its key.

    Raises:
        IdempotencyKeyReused: the key belongs to another request.
        RequestInFlight: the same request is being handled at this moment.
    """
    if sent.key is None:
        return begin(uuid4().hex)
    answer = _answered(resources, sent.key, sent.fingerprint)
    if answer is not None:
        return again(answer)
    try:
        begun = begin(sent.key)
    except BaseException:
        _settle(resources, sent.key, None)
        raise
    _settle(resources, sent.key, begun.id)
    return begun


def forget_old_keys(resources: Resources) -> None:
    with resources.database.begin() as db:
        idempotency.discard_before(db, resources.clock() - _KEPT)


def _answered(resources: Resources, key: str, fingerprint: str) -> str | None:
    """The id that was answered before; None when the key is ours now."""
    now = resources.clock()
    with resources.database.begin() as db:
        if idempotency.reserve(db, key, fingerprint, now, now - _ABANDONED_AFTER):
            return None
        earlier = idempotency.find(db, key)
    if earlier is None:
        raise RequestInFlight("The same request was being handled a moment ago; send it again.")
    if earlier.fingerprint != fingerprint:
        raise IdempotencyKeyReused(f"The key {key!r} was sent before with another body or to another address.")
    if earlier.answer is None:
        raise RequestInFlight(f"The request with the key {key!r} is being handled; ask again in a moment.")
    return earlier.answer


def _settle(resources: Resources, key: str, answer: str | None) -> None:
    """Note the answer, or free the key. What was begun counts even if this cannot be written: the reservation is
    taken over after a minute, and the upstream knows the token."""
    with suppress(DatabaseUnavailable), resources.database.begin() as db:
        if answer is None:
            idempotency.release(db, key)
        else:
            idempotency.record_answer(db, key, answer)
