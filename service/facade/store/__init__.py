"""The facade's PostgreSQL: one module per resource with its table and queries; rows stay here, dataclasses leave."""

from importlib import import_module
from pkgutil import iter_modules

from sqlalchemy import MetaData

from service.facade.store.metadata import metadata


def all_tables() -> MetaData:
    """The metadata with the table of every module in this room: what the migrations have to make."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return metadata
