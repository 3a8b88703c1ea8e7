"""One function per operation, ``(call, unit) -> answer``. They write what is wanted and never compute."""

from service.engine.operations.performing import perform
from service.engine.operations.table import OPERATIONS

__all__ = ["OPERATIONS", "perform"]
