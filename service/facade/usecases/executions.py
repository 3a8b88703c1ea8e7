"""The runs of a scheduler, as the upstream lists them."""

from dataclasses import asdict
from typing import Any

from service.facade.domain.executions import ExecutionFilter, InferenceExecution
from service.facade.domain.pages import Page, decode_cursor
from service.facade.problems import InvalidRequest, at_parameter
from service.facade.resources import Resources
from service.facade.usecases.listing import refused_tokens


def list_executions(
    resources: Resources, name: str, wanted: ExecutionFilter, limit: int, cursor: str | None
) -> Page[InferenceExecution]:
    """A page of executions, newest first; `cursor` belongs to the same scheduler and filter.

    Raises:
        SchedulerNotFound: the upstream answers an empty list for a name it does not know, so an empty first page is
            followed by a look at the scheduler.
    """
    _check_range(wanted)
    token = decode_cursor(cursor, execution_query(name, wanted), str) if cursor else None
    with refused_tokens(token):
        page = resources.schedulers.executions(name, wanted, limit, token)
    if not page.items and token is None:
        resources.schedulers.describe(name)
    return page


def execution_query(name: str, wanted: ExecutionFilter) -> dict[str, Any]:
    """What a cursor of this list is bound to."""
    filters = {key: value if value is None else str(value) for key, value in asdict(wanted).items()}
    return {"list": "executions", "name": name, **filters}


def _check_range(wanted: ExecutionFilter) -> None:
    start, end = wanted.data_start_time_after, wanted.data_end_time_before
    if start and end and end <= start:
        detail = "data_end_time_before must be later than data_start_time_after."
        raise InvalidRequest(detail, errors=[at_parameter("data_end_time_before", detail)])
