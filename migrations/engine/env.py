"""Alembic's entry to the engine's history."""

from service.engine.store.tables import metadata
from service.migrate import run_history

run_history("engine", metadata)
