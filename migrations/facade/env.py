"""Alembic's entry to the facade's history."""

from service.facade.store import all_tables
from service.migrate import run_history

run_history("facade", all_tables())
