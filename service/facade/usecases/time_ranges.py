"""Ranges of time as callers give them: the end lies behind the start."""

from datetime import datetime

from service.facade.problems import InvalidRequest, at_parameter, at_pointer

_DETAIL = "end_time must be later than start_time."


def check_range(start_time: datetime, end_time: datetime) -> None:
    """For a range in a body.

    Raises:
        InvalidRequest
    """
    if end_time <= start_time:
        raise InvalidRequest(_DETAIL, errors=[at_pointer("/end_time", _DETAIL)])


def check_asked_range(start_time: datetime | None, end_time: datetime | None) -> None:
    """For a range in parameters, which may be open at an end.

    Raises:
        InvalidRequest
    """
    if start_time and end_time and end_time <= start_time:
        raise InvalidRequest(_DETAIL, errors=[at_parameter("end_time", _DETAIL)])
