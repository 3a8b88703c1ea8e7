"""All executions of a scheduler over a range of time, read page by page."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from service.facade.domain.executions import ExecutionFilter, InferenceExecution
from service.facade.resources import Resources

PAGE = 500
MARGIN = timedelta(seconds=1)  # upstream's bounds are strict


def executions_between(
    resources: Resources, name: str, start: datetime, end: datetime | None = None
) -> list[InferenceExecution]:
    """Those whose windows lie between `start` and `end` (None: until now), newest first."""
    wanted = ExecutionFilter(data_start_time_after=start - MARGIN, data_end_time_before=end and end + MARGIN)
    return [execution for page in pages_of(resources, name, wanted) for execution in page]


def pages_of(resources: Resources, name: str, wanted: ExecutionFilter) -> Iterator[list[InferenceExecution]]:
    token = None
    while True:
        page = resources.schedulers.executions(name, wanted, PAGE, token)
        yield page.items
        if (token := page.next_position) is None:
            return
