"""The lines of docs/degradation.md, and which test keeps each of them."""

from collections.abc import Callable
from typing import Any


def promised(*lines: str) -> Callable[[Any], Any]:
    """Mark a test as the one that keeps these lines of the page, by their numbers."""

    def mark(test: Any) -> Any:
        test.promises = lines
        return test

    return mark
