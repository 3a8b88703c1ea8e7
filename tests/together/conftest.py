from engine_fixtures import engine, equipment
from live_facade import live
from plant_fixtures import facade_of_plant, plant
from running_demo import demo
from running_lookout import environment, start

__all__ = ["demo", "engine", "environment", "equipment", "facade_of_plant", "live", "plant", "start"]  # fixtures
