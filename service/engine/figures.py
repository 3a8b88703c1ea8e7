"""The engine's state at this moment, for whoever scrapes."""

from service.engine.resources import Resources
from service.engine.store.backlog import backlog
from service.engine.store.database import SQLAlchemyError
from service.telemetry.exposition import Figure


def engine_figures(resources: Resources) -> list[Figure]:
    """Whether the database answers, and what waits in it."""
    try:
        with resources.database.connect() as connection:
            waiting, now = backlog(connection), resources.clock()
    except SQLAlchemyError:
        return [_database_up(0)]
    counts = {(one.kind,): float(one.pieces) for one in waiting}
    ages = {(one.kind,): (now - one.oldest).total_seconds() if one.oldest else 0.0 for one in waiting}
    return [
        _database_up(1),
        Figure("engine_unfinished", "Pieces of work that have not ended.", ("kind",), counts),
        Figure("engine_oldest_unfinished_age_seconds", "How long the oldest of them is there.", ("kind",), ages),
    ]


def _database_up(value: int) -> Figure:
    return Figure("engine_database_up", "Whether PostgreSQL answers the engine.", (), {(): value})
