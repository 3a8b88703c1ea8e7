"""`/portal/schedulers/new`: a scheduler created through a form, by the same use case as `POST /v1/schedulers`."""

import re
from typing import Any
from uuid import uuid4

from flask import redirect, render_template, request
from marshmallow import ValidationError

from service.facade.api.audit import name_audited_scheduler
from service.facade.api.context import caller, resources
from service.facade.api.parsing import flatten
from service.facade.api.schemas.schedulers import DELIMITERS, TIMESTAMP_FORMATS, NewSchedulerSchema
from service.facade.portal.creation_form import (
    FREQUENCIES,
    LABELS,
    OFFSETS,
    PLACES,
    body_of,
    defaults,
    faults_at_fields,
)
from service.facade.portal.pages import Pages
from service.facade.problems import InvalidRequest, Problem
from service.facade.usecases.choices import choices
from service.facade.usecases.schedulers import create_scheduler

pages = Pages("creating", __name__)
_SCHEMA = NewSchedulerSchema()
_TOKEN = re.compile(r"[0-9a-f]{64}")


@pages.page("/schedulers/new", scope="operate")
def new_scheduler() -> str:
    known = choices(resources(), caller().team)
    values = defaults(request.args.get("model", ""), known)
    return _form(known, values | {"client_token": uuid4().hex * 2})


@pages.page("/schedulers/new", scope="operate", method="POST")
def create_scheduler_by_form() -> Any:
    """Created, and on to its page; else the form again, as it was filled in, with what is wrong where it is."""
    values = {field: request.form.get(field, "").strip() for field in (*PLACES, "client_token")}
    try:
        name = _created(values)
    except InvalidRequest as problem:
        faults, rest = faults_at_fields(problem.errors)
        return _form(choices(resources(), caller().team), values, faults, rest), problem.status
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _form(choices(resources(), caller().team), values, {}, [problem.detail]), problem.status
    return redirect(f"/portal/schedulers/{name}", code=303)


def _created(values: dict[str, str]) -> str:
    """The name of the new scheduler. The same form sent twice creates it once.

    Raises:
        InvalidRequest, Conflict, QuotaExceeded, ModelNotFound, …
    """
    try:
        fields = _SCHEMA.load(body_of(values))
    except ValidationError as error:
        raise InvalidRequest("Some values are not allowed.", errors=flatten("json", error.messages)) from error
    token = values.get("client_token", "")
    name = fields["inference_scheduler_name"]
    name_audited_scheduler(name)
    create_scheduler(resources(), caller().team, fields, token if _TOKEN.fullmatch(token) else uuid4().hex * 2)
    return name


def _form(known: Any, values: dict[str, str], faults: dict[str, str] | None = None, rest: Any = ()) -> str:
    return render_template(
        "new_scheduler.html",
        choices=known,
        values=values,
        faults=faults or {},
        rest=rest,
        labels=LABELS,
        frequencies=FREQUENCIES,
        timestamp_formats=TIMESTAMP_FORMATS,
        delimiters=DELIMITERS,
        offsets=OFFSETS,
    )
