"""One function per operation, ``(call, unit) -> answer``. They write what is wanted and never compute."""

from service.engine.operations.table import OPERATIONS, perform

__all__ = ["OPERATIONS", "perform"]
