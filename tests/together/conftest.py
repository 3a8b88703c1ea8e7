from engine_fixtures import engine, equipment
from running_lookout import environment, start

__all__ = ["engine", "environment", "equipment", "start"]  # fixtures
