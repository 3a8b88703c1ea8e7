from engine_fixtures import engine, equipment
from running_demo import demo
from running_lookout import environment, start

__all__ = ["demo", "engine", "environment", "equipment", "start"]  # fixtures
