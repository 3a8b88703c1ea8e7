"""Every write is written down before it is done, and completed with what was answered; every refusal, too."""

from dataclasses import replace

from flask import Flask, Response, g, request

from service.facade.domain.access import Caller
from service.facade.domain.audit import Act
from service.facade.problems import Problem
from service.facade.resources import Resources
from service.facade.usecases.audit import begin_act, end_act, note_refusal

_SAFE = ("GET", "HEAD", "OPTIONS")  # RFC 9110, section 9.2.1


def register_audit(app: Flask) -> None:
    app.after_request(_end)


def begin_audit(resources: Resources, caller: Caller) -> None:
    """Write a write down.

    Raises:
        DatabaseUnavailable: it cannot be, so it is not done.
    """
    if request.method not in _SAFE:
        write_down(resources, caller)


def write_down(resources: Resources, caller: Caller) -> None:
    """Write a request down whatever its method: a log-in that ends with a redirect changes something, too."""
    g.audited = resources, begin_act(resources, _act(resources, caller))


def name_audited_scheduler(name: str) -> None:
    """For an answer that does not name the scheduler which it is about, nor does its address."""
    g.audited_scheduler_name = name


def act_of_request(resources: Resources, caller: Caller, operation_id: str) -> Act:
    """A part of what this request asks for, as a request of its own would be written down."""
    return replace(_act(resources, caller), operation_id=operation_id)


def audit_refusal(resources: Resources, caller: Caller, problem: Problem) -> None:
    note_refusal(resources, _act(resources, caller), problem.status, problem.slug)


def _act(resources: Resources, caller: Caller) -> Act:
    return Act(
        at=resources.clock(),
        team=caller.team,
        actor=caller.actor,
        key_id=caller.key_id,
        client_address=request.remote_addr,
        method=request.method,
        path=request.path,
        operation_id=(request.endpoint or "").rpartition(".")[2],
        inference_scheduler_name=(request.view_args or {}).get("scheduler_name"),
        request_id=g.request_id,
    )


def _end(response: Response) -> Response:
    if "audited" in g:
        resources, entry_id = g.pop("audited")
        said = response.get_json(silent=True) if response.is_json and not response.is_streamed else None
        said = said if isinstance(said, dict) else {}
        problem = str(said.get("type", "")).rpartition("/")[2] if response.status_code >= 400 else None
        name = g.get("audited_scheduler_name", said.get("inference_scheduler_name"))
        end_act(resources, entry_id, response.status_code, problem, name if isinstance(name, str) else None)
    return response
