"""Threads that know whom they work for."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any


class Threads(ThreadPoolExecutor):
    """A pool whose threads write their log lines, and begin their spans, as the one who gave them the work would."""

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        return super().submit(copy_context().run, work, *arguments, **named)
