"""`/portal`: every scheduler of the team at a glance, filtered and sorted by query parameters."""

from dataclasses import replace
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
_PERIOD = "Share of the time scored in the last {} that was anomalous"
_COLUMNS = (  # sort, title, meaning
    ("name", "Scheduler", ""),
    ("status", "Status", ""),
    ("result", "Last result", ""),
    ("day", "Anomalous 24 h", _PERIOD.format("24 hours")),
    ("week", "7 d", _PERIOD.format("7 days")),
    ("month", "30 d", _PERIOD.format("30 days")),
    ("next", "Next run", ""),
    ("incident", "Open incident", ""),
)
_FIRST_DESCENDING = ("result", "day", "week", "month")  # what is most comes first, unless asked for otherwise
_ORDERS = (
    ("incident", "Open incidents first"),
    ("name", "By name"),
    ("status", "By status"),
    ("-result", "Newest result first"),
    ("-day", "Most anomalous in 24 h"),
    ("-week", "Most anomalous in 7 d"),
    ("-month", "Most anomalous in 30 d"),
    ("next", "Next run first"),
)


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
        orders=_ORDERS if _sorted_by(view) in dict(_ORDERS) else ((_sorted_by(view), "As in the table"), *_ORDERS),
        sorted_by=_sorted_by(view),
        address_of=lambda sort: _address(view, sort),
        query=_query(view),
        outcomes=outcomes,
        fault=fault,
        now=resources().clock(),
        sparkline=sparkline,
    )


def _view() -> FleetView:
    """What the address asks for; what it says wrongly is left out. `-` in front of `sort` turns the order round."""
    given = request.args
    sort = given.get("sort", "")
    column = sort.removeprefix("-")
    status = given.get("status", "") if given.get("status") in _STATUSES else ""
    return FleetView(
        text=given.get("text", "").strip()[:200],
        status=status,
        model=given.get("model", "")[:200],
        sort=column if column in SORTS else "incident",
        descending=column in SORTS and sort.startswith("-"),
    )


def _sorted_by(view: FleetView) -> str:
    return f"-{view.sort}" if view.descending else view.sort


def _address(view: FleetView, sort: str) -> str:
    """Where a click on the head of a column leads: to its order, and from there to the other one."""
    descending = not view.descending if view.sort == sort else sort in _FIRST_DESCENDING
    return f"/portal?{_query(replace(view, sort=sort, descending=descending))}"


def _query(view: FleetView) -> str:
    shown = {"text": view.text, "status": view.status, "model": view.model, "sort": _sorted_by(view)}
    return urlencode({name: value for name, value in shown.items() if value})
