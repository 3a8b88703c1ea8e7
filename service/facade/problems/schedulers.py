"""Schedulers, and what belongs to one."""

from service.facade.problems.problem import Problem


class SchedulerNotFound(Problem, slug="scheduler-not-found", title="No such scheduler", status=404):
    """No inference scheduler has this name. Names are case-sensitive; `GET /v1/schedulers` lists them."""


class ModelNotFound(Problem, slug="model-not-found", title="No such model", status=404):
    """No model has this name. Names are case-sensitive; `GET /v1/models` lists them."""


class OperationNotFound(Problem, slug="operation-not-found", title="No such operation", status=404):
    """No operation has this id. Take the address from the `Operation-Location` header of the answer that began it."""


class ReplayNotFound(Problem, slug="replay-not-found", title="No such replay", status=404):
    """No replay has this id. Take the address from the `Location` header of the answer that began it."""


class EventNotFound(Problem, slug="event-not-found", title="No such event", status=404):
    """No event covers the moment that this id names. `GET /v1/schedulers/{name}/events` lists the events there are;
    with another `max_gap` points are merged otherwise, so name the one that the list was made with."""


class UploadNotFound(Problem, slug="upload-not-found", title="No such upload", status=404):
    """No upload has this id. `GET /v1/schedulers/{name}/uploads` lists the uploads of a scheduler."""


class WrongState(Problem, slug="wrong-state", title="The scheduler is not in a state that allows this", status=409):
    """Starting needs a STOPPED scheduler, stopping a PENDING or RUNNING one, deleting a STOPPED one; a PENDING or
    STOPPING one cannot be changed. `detail` names the present state and what to do."""


class Conflict(Problem, slug="conflict", title="It is in the way of something that exists", status=409):
    """The name is taken, the model is not ready, or something else uses the resource; `detail` says which."""


class QuotaExceeded(Problem, slug="quota-exceeded", title="A quota is used up", status=403):
    """There may be no more of these. A model has at most one inference scheduler, stopped ones count: delete the
    other scheduler or take another model. A team has so many webhooks; `detail` says how many."""


class OperationTimedOut(
    Problem, slug="operation-timed-out", title="The scheduler did not reach the wanted state in time", status=504,
    retryable=True,
):  # fmt: skip
    """The operation was watched until its deadline, and the scheduler was not yet in the state it was to reach. It may
    reach it yet: `GET /v1/schedulers/{name}` shows the present state."""


class OperationOvertaken(
    Problem, slug="operation-overtaken", title="Somebody else changed the scheduler meanwhile", status=409
):
    """While the operation was waiting, the scheduler went to the opposite state or was deleted."""
