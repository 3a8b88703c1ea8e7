"""Queries on client tokens: what was answered to a request that may come again."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from service.engine.store.scope import Scope
from service.engine.store.tables import client_tokens

REMEMBERED_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Remembered:
    """An earlier request with the same token: the digest of what it asked and what it was answered."""

    request_digest: str
    answer: dict[str, Any]


def claim(connection: Connection, scope: Scope, operation: str, token: str, digest: str) -> Remembered | None:
    """Take a token for this transaction, or learn what its first request was answered.

    A second request with the token waits here until the first has committed or rolled back.
    """
    connection.execute(
        delete(client_tokens).where(*_is(scope, operation, token), client_tokens.c.created_at < _oldest())
    )
    statement = insert(client_tokens).values(
        account_id=scope.account_id,
        region=scope.region,
        operation=operation,
        token=token,
        request_digest=digest,
        answer={},
    )
    taken = connection.execute(statement.on_conflict_do_nothing().returning(client_tokens.c.token))
    if taken.first():
        return None
    first = select(client_tokens.c.request_digest, client_tokens.c.answer).where(*_is(scope, operation, token))
    return Remembered(*connection.execute(first).one())


def keep_answer(connection: Connection, scope: Scope, operation: str, token: str, answer: dict[str, Any]) -> None:
    """Store what a claimed token was answered."""
    connection.execute(update(client_tokens).where(*_is(scope, operation, token)).values(answer=answer))


def forget_old(connection: Connection) -> int:
    """Delete the tokens that are past their time; the number deleted."""
    return connection.execute(delete(client_tokens).where(client_tokens.c.created_at < _oldest())).rowcount


def _oldest():
    return func.now() - REMEMBERED_FOR


def _is(scope: Scope, operation: str, token: str) -> tuple:
    return (
        client_tokens.c.account_id == scope.account_id,
        client_tokens.c.region == scope.region,
        client_tokens.c.operation == operation,
        client_tokens.c.token == token,
    )
