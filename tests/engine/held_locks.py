"""Who works on what, as tests ask it."""

from sqlalchemy import Connection, literal, select

from service.engine.store.locks import is_held


def is_worked_on(connection: Connection, kind: str, piece_id: object) -> bool:
    """Whether anybody holds the lock of that piece at this moment."""
    return connection.execute(select(is_held(literal(kind), literal(str(piece_id))))).scalar_one()
