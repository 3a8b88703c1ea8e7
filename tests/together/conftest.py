from engine_fixtures import engine, equipment
from live_facade import collector, live, neighbours
from plant_fixtures import engine_under_plants, facade_of_plant, facade_over_plants, plant, plant_settings
from running_demo import demo
from running_lookout import environment, start

__all__ = [  # fixtures
    "collector",
    "demo",
    "engine",
    "engine_under_plants",
    "environment",
    "equipment",
    "facade_of_plant",
    "facade_over_plants",
    "live",
    "neighbours",
    "plant",
    "plant_settings",
    "start",
]
