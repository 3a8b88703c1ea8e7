"""Starting and stopping many schedulers at once: each has an outcome, and its own line in the audit log."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from service.facade.api.audit import act_of_request
from service.facade.api.context import caller, resources
from service.facade.domain.audit import Act
from service.facade.domain.operations import Operation
from service.facade.problems import InvalidRequest, Problem, at_parameter
from service.facade.resources import Resources
from service.facade.usecases.audit import begin_act, end_act
from service.facade.usecases.ownership import not_found
from service.facade.usecases.scheduler_lists import list_all
from service.facade.usecases.schedulers import start_scheduler, stop_scheduler
from service.threads import Threads

_ACTIONS = {"start": start_scheduler, "stop": stop_scheduler}
_AT_ONCE = 4
_MOST = 500
Change = Callable[[Resources, str, str], Operation]


@dataclass(frozen=True)
class Outcome:
    """What became of one scheduler: `detail` says why it was not changed, empty where it was."""

    name: str
    action: str
    detail: str = ""


def change_schedulers(action: str, names: Sequence[str]) -> tuple[Outcome, ...]:
    """Start or stop schedulers of the team; what goes wrong with one keeps no other from it.

    Raises:
        InvalidRequest: the form asks for something else, or for nothing.
    """
    if action not in _ACTIONS:
        raise InvalidRequest("Choose to start or to stop.", errors=[at_parameter("action", "It is start or stop.")])
    if not 0 < len(names) <= _MOST:
        detail = f"Choose from 1 to {_MOST} schedulers."
        raise InvalidRequest(detail, errors=[at_parameter("scheduler", detail)])
    known, team = resources(), caller().team
    mine = {summary.inference_scheduler_name for summary in list_all(known, team)}
    act = act_of_request(known, caller(), operation_id=_ACTIONS[action].__name__)

    def change(name: str) -> Outcome:
        try:
            if name not in mine:
                raise not_found(name)
            _audited(known, replace(act, inference_scheduler_name=name), _ACTIONS[action])
        except Problem as problem:
            return Outcome(name, action, problem.detail)
        return Outcome(name, action)

    with Threads(_AT_ONCE) as pool:
        return tuple(pool.map(change, dict.fromkeys(names)))


def _audited(resources: Resources, act: Act, change: Change) -> None:
    """As a request for this scheduler alone would be: written down before it is done."""
    name = act.inference_scheduler_name or ""
    entry = begin_act(resources, act)
    try:
        change(resources, act.team, name)
    except Problem as problem:
        end_act(resources, entry, problem.status, problem.slug, name)
        raise
    end_act(resources, entry, 202, None, name)
