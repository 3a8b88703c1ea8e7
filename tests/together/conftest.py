from engine_fixtures import engine, equipment
from live_facade import live
from plant_fixtures import engine_under_plants, facade_of_plant, facade_over_plants, plant, plant_settings
from running_demo import demo
from running_lookout import environment, start

__all__ = [  # fixtures
    "demo",
    "engine",
    "engine_under_plants",
    "environment",
    "equipment",
    "facade_of_plant",
    "facade_over_plants",
    "live",
    "plant",
    "plant_settings",
    "start",
]
