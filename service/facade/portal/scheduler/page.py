"""`/portal/schedulers/<scheduler_name>`: everything about one scheduler, and its parts for scripts to fetch anew."""

from flask import render_template, request
from markupsafe import Markup

from service.facade.api.context import caller, resources
from service.facade.domain.schedulers import InferenceScheduler
from service.facade.portal.pages import Pages
from service.facade.portal.scheduler.asking import asked
from service.facade.portal.scheduler.parts import PARTS
from service.facade.portal.scheduler.view import View
from service.facade.portal.scheduler.words import (
    NOTICES,
    VERDICTS,
    failure_words,
    findings_words,
    upload_words,
)
from service.facade.problems import NotFound, Problem, SchedulerNotFound

pages = Pages("scheduler_page", __name__)
_WORDS = {
    "failure_words": failure_words,
    "findings_words": findings_words,
    "upload_words": upload_words,
    "VERDICTS": VERDICTS,
}


@pages.page("/schedulers/<scheduler_name>", scope="read")
def show_scheduler(scheduler_name: str) -> str:
    view = _view(scheduler_name)
    parts = {part: Markup(_part(part, view)) for part in PARTS}
    return render_template(
        "scheduler/page.html",
        name=scheduler_name,
        parts=parts,
        asked=view.asked,
        scheduler=_scheduler(view),
        components=_components(view),
        notice=NOTICES.get(request.args.get("notice", "")),
        now=view.now,
        may_operate=caller().may("operate"),
    )


@pages.page("/schedulers/<scheduler_name>/parts/<part>", scope="read")
def show_part(scheduler_name: str, part: str) -> str:
    """One part of the page, as the page has it."""
    if part not in PARTS:
        raise NotFound(f"The page of a scheduler has no part {part!r}.")
    return _part(part, _view(scheduler_name))


def _part(part: str, view: View) -> str:
    """What cannot be had at present is said in its place; the other parts do not suffer."""
    try:
        found, problem = PARTS[part](view), None
    except SchedulerNotFound:
        raise
    except Problem as fault:
        found, problem = {}, fault
    return render_template(
        f"scheduler/{part}.html",
        **{"refresh": None, **found},
        part=part,
        problem=problem,
        name=view.name,
        asked=view.asked,
        now=view.now,
        may_operate=caller().may("operate"),
        **_WORDS,
    )


def _scheduler(view: View) -> InferenceScheduler | None:
    try:
        return view.scheduler
    except Problem:
        return None


def _components(view: View) -> tuple[str, ...]:
    """For the choice beside an upload; without them it can be made all the same."""
    try:
        model = view.scheduler and resources().models.describe(view.scheduler.model_name)
    except Problem:
        return ()
    return tuple(one.component_name for one in model.components) if model else ()


def _view(name: str) -> View:
    return View(resources(), caller().team, name, asked(request.args), resources().clock())
