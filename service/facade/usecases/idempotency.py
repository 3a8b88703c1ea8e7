"""A POST that is sent twice with the same `Idempotency-Key` is carried out once, and answered alike both times.

As draft-ietf-httpapi-idempotency-key-header has it: the key of another request is refused with 422, and 409 says that
the first one is still being handled. A row says which request a key belongs to, a lock that somebody is at it: without
the lock a request that was not answered may be taken up again at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta

from service.facade.domain.idempotency import Answer, Asked, Body, Key
from service.facade.problems import DatabaseUnavailable, IdempotencyKeyReused, InternalError, RequestInFlight
from service.facade.resources import Resources
from service.facade.sealing import Unsealable
from service.facade.store import idempotency

_KEPT = timedelta(days=1)


@contextmanager
def held(resources: Resources, key: Key, request: str) -> Iterator[Asked]:
    """While the block runs nobody else handles a request with this key.

    Yields:
        The request, new where the key was free; else the earlier one, with its answer if it got one. Which body that
        had is left to the caller where `request` does not say it.

    Raises:
        IdempotencyKeyReused: the key belongs to another request.
        RequestInFlight: the request is being handled at this moment.
        DatabaseUnavailable: nothing was begun.
    """
    earlier = _find(resources, key, request)
    if earlier and earlier.answer:
        yield earlier
        return
    with resources.database.claim("idempotency", f"{key.team}:{key.key}") as mine:
        if not mine:
            raise RequestInFlight(f"The request with the key {key.key!r} is being handled; ask again in a moment.")
        with resources.database.begin() as db:
            is_new = idempotency.insert_if_new(db, key, request, resources.clock())
        asked = _find(resources, key, request)
        if asked is None:
            raise RequestInFlight(f"The key {key.key!r} is being forgotten at this moment; ask again in a moment.")
        yield replace(asked, is_new=is_new)


def settle(resources: Resources, key: Key, body: Body, answer: Answer) -> None:
    """Keep the answer. What was carried out counts even if this cannot be written: sent again, the request is taken up
    again, and whatever knows its token does nothing twice. It may hold a secret that is shown this
    once, so it is sealed like one."""
    answer = replace(answer, body=resources.sealer.seal(answer.body))
    with suppress(DatabaseUnavailable), resources.database.begin() as db:
        idempotency.record(db, key, body, answer)


def let_go(resources: Resources, key: Key) -> None:
    """The request came to nothing: its key is free for any other."""
    with suppress(DatabaseUnavailable), resources.database.begin() as db:
        idempotency.release(db, key)


def reused(key: Key, how: str) -> IdempotencyKeyReused:
    return IdempotencyKeyReused(f"The key {key.key!r} was sent before {how}. Take a new key for a new request.")


def forget_old_keys(resources: Resources) -> None:
    with resources.database.begin() as db:
        idempotency.discard_before(db, resources.clock() - _KEPT)


def _find(resources: Resources, key: Key, request: str) -> Asked | None:
    with resources.database.begin() as db:
        earlier = idempotency.find(db, key)
    if earlier and earlier.request != request:
        raise reused(key, "with another body or to another address")
    return _unsealed(resources, earlier) if earlier and earlier.answer else earlier


def _unsealed(resources: Resources, earlier: Asked) -> Asked:
    try:
        body = resources.sealer.open(earlier.answer.body)
    except Unsealable as error:
        raise InternalError("The answer that was given then cannot be read any more.") from error
    return replace(earlier, answer=replace(earlier.answer, body=body))
