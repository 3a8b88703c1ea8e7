"""The forms of a scheduler's page. Each does one thing and leads back to the page, which says what was done."""

from typing import Any
from uuid import uuid4

from flask import Response, redirect, request, url_for

from service.facade.api.context import caller, resources
from service.facade.domain.events import VERDICTS, Kind
from service.facade.portal.pages import Pages
from service.facade.portal.scheduler.asking import read_moment
from service.facade.problems import InvalidRequest, at_pointer
from service.facade.usecases import replays, schedulers, uploads
from service.facade.usecases.event_remarks import put_remark, remove_remark
from service.facade.usecases.ownership import refuse_unknown

pages = Pages("scheduler_actions", __name__)
_SCHEDULER = "/schedulers/<scheduler_name>"
_LONGEST = {"note": 2000, "fault_code": 100}


@pages.page(f"{_SCHEDULER}/start", scope="operate", method="POST")
def start(scheduler_name: str) -> Response:
    schedulers.start_scheduler(resources(), caller().team, scheduler_name)
    return _back(scheduler_name, "starting")


@pages.page(f"{_SCHEDULER}/stop", scope="operate", method="POST")
def stop(scheduler_name: str) -> Response:
    schedulers.stop_scheduler(resources(), caller().team, scheduler_name)
    return _back(scheduler_name, "stopping")


@pages.page(f"{_SCHEDULER}/delete", scope="operate", method="POST")
def delete(scheduler_name: str) -> Response:
    """Stopped first, where it runs. It is gone from the fleet when a worker has done both."""
    schedulers.force_delete_scheduler(resources(), caller().team, scheduler_name, lambda _: None)
    return redirect("/portal", code=303)


@pages.page(f"{_SCHEDULER}/events/<event_id>/acknowledgement", scope="operate", method="POST")
def acknowledge(scheduler_name: str, event_id: str) -> Response:
    return _remark(scheduler_name, event_id, "acknowledgement", "acknowledged", {"note": _text("note")})


@pages.page(f"{_SCHEDULER}/events/<event_id>/feedback", scope="operate", method="POST")
def give_feedback(scheduler_name: str, event_id: str) -> Response:
    if (verdict := request.form.get("verdict")) not in VERDICTS:
        raise _wrong("verdict", f"Say whether it was a fault: {', '.join(VERDICTS)}.")
    said = {"verdict": verdict, "fault_code": _text("fault_code"), "note": _text("note")}
    return _remark(scheduler_name, event_id, "feedback", "feedback", said)


@pages.page(f"{_SCHEDULER}/replays", scope="operate", method="POST")
def replay(scheduler_name: str) -> Response:
    """Begin one; with the button "See what it would do" the page shows that instead."""
    start_time, end_time = (read_moment(name, request.form.get(name, "")) for name in ("plan_start", "plan_end"))
    if start_time is None or end_time is None:
        raise _wrong("plan_start", "Say from when to when windows are to be scored again.")
    existing_results = "overwrite" if request.form.get("existing_results") == "overwrite" else "keep"
    if "dry_run" in request.form:
        span = {"plan_start": request.form["plan_start"], "plan_end": request.form["plan_end"]}
        return _back(scheduler_name, None, anchor="replays", existing_results=existing_results, **span)
    replays.start_replay(
        resources(),
        caller().team,
        scheduler_name,
        start_time=start_time,
        end_time=end_time,
        existing_results=existing_results,
        notify="notify" in request.form,
        replay_id=uuid4().hex,
        created_by=caller().actor,
    )
    return _back(scheduler_name, "replaying", anchor="replays")


@pages.page(f"{_SCHEDULER}/replays/<replay_id>/cancel", scope="operate", method="POST")
def cancel_replay(scheduler_name: str, replay_id: str) -> Response:
    refuse_unknown(resources(), scheduler_name)
    replays.cancel_replay(resources(), caller().team, replay_id)
    return _back(scheduler_name, "replay-cancelled", anchor="replays")


@pages.page(f"{_SCHEDULER}/uploads/<upload_id>/cancel", scope="operate", method="POST")
def cancel_upload(scheduler_name: str, upload_id: str) -> Response:
    refuse_unknown(resources(), scheduler_name)
    uploads.cancel_upload(resources(), caller().team, upload_id)
    return _back(scheduler_name, "upload-cancelled", anchor="uploads")


def _remark(name: str, event_id: str, kind: Kind, notice: str, said: dict[str, Any]) -> Response:
    """Say something of an event; with the button "Take back" what was said before is taken back."""
    at = (resources(), caller().team, name, event_id, None)
    if "withdraw" in request.form:
        remove_remark(*at, 0, kind, lambda _: None)
        notice = "withdrawn"
    else:
        put_remark(*at, 0, {"kind": kind, "by": caller().actor, **said}, lambda _: None)
    return _back(name, notice, anchor="event", event=event_id)


def _text(field: str) -> str | None:
    text = request.form.get(field, "").strip()
    if len(text) > _LONGEST[field] or "\0" in text:
        raise _wrong(field, f"Up to {_LONGEST[field]:,} characters, please.")
    return text or None


def _back(name: str, notice: str | None, anchor: str | None = None, **asked: str) -> Response:
    address = url_for(
        "portal_scheduler_page.show_scheduler", scheduler_name=name, notice=notice, _anchor=anchor, **asked
    )
    return redirect(address, code=303)


def _wrong(field: str, detail: str) -> InvalidRequest:
    return InvalidRequest(detail, errors=[at_pointer(f"/{field}", detail)])
