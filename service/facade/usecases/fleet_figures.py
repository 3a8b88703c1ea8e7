"""Figures of the fleet at this moment, for whoever scrapes."""

from service.facade.resources import Resources
from service.telemetry.exposition import Figure


def fleet_figures(resources: Resources) -> list[Figure]:
    return []
