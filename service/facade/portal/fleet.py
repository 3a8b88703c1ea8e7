"""`/portal`: every scheduler of the team at a glance, filtered and sorted by query parameters."""

from typing import Any
from urllib.parse import urlencode

from flask import render_template, request

from service.facade.api.context import caller, resources
from service.facade.domain.fleet import SORTS, FleetView, arranged
from service.facade.portal.fleet_actions import Outcome, change_schedulers
from service.facade.portal.pages import Pages
from service.facade.portal.sparkline import sparkline
from service.facade.problems import InvalidRequest
from service.facade.usecases.fleet import show_fleet

pages = Pages("fleet", __name__)
_STATUSES = ("RUNNING", "PENDING", "STOPPING", "STOPPED")
_COLUMNS = (
    ("name", "Scheduler", ""),
    ("status", "Status", ""),
    ("result", "Last result", ""),
    ("day", "24 h", "Share of the time scored in the last 24 hours that was anomalous"),
    ("week", "7 d", "Share of the time scored in the last 7 days that was anomalous"),
    ("month", "30 d", "Share of the time scored in the last 30 days that was anomalous"),
    ("next", "Next run", ""),
    ("incident", "Open incident", ""),
)
_FIRST_DESCENDING = ("result", "day", "week", "month")  # what is most comes first, unless asked for otherwise


@pages.page("", scope="read")
def show_schedulers() -> str:
    return _page()


@pages.page("", scope="operate", method="POST")
def start_or_stop_schedulers() -> Any:
    """What the form below the table asks for: `action` is `start` or `stop`, `scheduler` is there once for each."""
    try:
        outcomes = change_schedulers(request.form.get("action", ""), request.form.getlist("scheduler"))
    except InvalidRequest as problem:
        return _page(fault=problem.detail), problem.status
    return _page(outcomes)


def _page(outcomes: tuple[Outcome, ...] = (), fault: str = "") -> str:
    fleet, view = show_fleet(resources(), caller().team), _view()
    return render_template(
        "fleet.html",
        fleet=fleet,
        members=arranged(fleet.members, view),
        models=sorted({member.summary.model_name for member in fleet.members} - {""}),
        view=view,
        statuses=_STATUSES,
        columns=_COLUMNS,
        address_of=lambda sort: _address(view, sort),
        query=_query(view),
        outcomes=outcomes,
        fault=fault,
        now=resources().clock(),
        sparkline=sparkline,
    )


def _view() -> FleetView:
    """What the address asks for; what it says wrongly is left out."""
    given = request.args
    sort = given.get("sort") if given.get("sort") in SORTS else "incident"
    order = given.get("order") if given.get("order") in ("asc", "desc") else _first_order(sort)
    status = given.get("status", "") if given.get("status") in _STATUSES else ""
    return FleetView(
        text=given.get("text", "").strip()[:200],
        status=status,
        model=given.get("model", "")[:200],
        sort=sort,
        descending=order == "desc",
    )


def _address(view: FleetView, sort: str) -> str:
    """Where a click on the head of a column leads: to its order, and from there to the other one."""
    order = _first_order(sort)
    if view.sort == sort:
        order = "asc" if view.descending else "desc"
    return f"/portal?{_query(view, sort=sort, order=order)}"


def _query(view: FleetView, **changes: str) -> str:
    order = "desc" if view.descending else "asc"
    shown: dict[str, Any] = {"text": view.text, "status": view.status, "model": view.model}
    shown |= {"sort": view.sort, "order": order} | changes
    return urlencode({name: value for name, value in shown.items() if value})


def _first_order(sort: str) -> str:
    return "desc" if sort in _FIRST_DESCENDING else "asc"
