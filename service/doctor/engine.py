"""The engine: whether it can be reached, takes our credentials, knows our operations, and runs schedulers in time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from service.doctor.clients import FAULTS, NO_CREDENTIALS, SLOW, engine_client, error_code
from service.doctor.findings import Finding, View, failed, ok, shown, warning
from service.doctor.ports import holder_of

GRACE = timedelta(minutes=2)  # for a run that is due
_LOOKED_AT = 20  # schedulers
_NOBODY = "0" * 32  # the id of no replay
_MINUTES = {"PT5M": 5, "PT10M": 10, "PT15M": 15, "PT30M": 30, "PT1H": 60}
_REFUSALS = {
    "AccessDeniedException", "UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException",
    "IncompleteSignatureException", "SignatureDoesNotMatch", "MissingAuthenticationTokenException",
    "ExpiredTokenException",
}  # fmt: skip


def look_at_engine(view: View) -> Iterator[Finding]:
    settings = view.settings
    client, where = engine_client(settings), shown(settings.lookoutequipment_endpoint_url)
    try:
        client.list_inference_schedulers(MaxResults=1)
        yield from _own_operations(client)
        yield ok(f"The engine at {where} answers.")
    except FAULTS as error:
        yield _fault(error, where, settings.engine_port)


def _own_operations(client: BaseClient) -> Iterator[Finding]:
    """Whether it has the replays, which are an addition of ours to the protocol."""
    try:
        client.describe_inference_replay(ReplayId=_NOBODY)
    except ClientError as error:
        if error_code(error) != "ResourceNotFoundException":
            detail = f"This engine has no replays ({error_code(error)}): past windows cannot be scored again."
            yield warning(detail, "Use the engine of this project, or do without.")


def _fault(error: Exception, where: str, port: int) -> Finding:
    code = error_code(error)
    if code in _REFUSALS or isinstance(error, NO_CREDENTIALS):
        detail = f"The engine at {where} refuses our credentials ({code or error})."
        return failed(detail, "Give facade and engine the same AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
    if code in ("InternalServerException", "InternalFailure"):
        return failed(f"The engine at {where} fails: {error}.", "See its log.")
    if code:
        detail = f"What answers at {where} does not speak the engine's protocol ({code}): {holder_of(port)}."
        return failed(detail, "Name the engine with AWS_ENDPOINT_URL_LOOKOUTEQUIPMENT.")
    if isinstance(error, SLOW):
        return failed(f"The engine at {where} does not answer: it hangs.", "Restart it: lookout run engine")
    return failed(
        f"The engine at {where} cannot be reached.",
        "lookout run engine, or name another with AWS_ENDPOINT_URL_LOOKOUTEQUIPMENT.",
    )


def look_at_schedule(view: View) -> Iterator[Finding]:
    """Whether windows that are due become executions, which is the tick's work."""
    client, now = engine_client(view.settings), _now()
    listed = client.list_inference_schedulers(Status="RUNNING", MaxResults=_LOOKED_AT)["InferenceSchedulerSummaries"]
    names = [one["InferenceSchedulerName"] for one in listed]
    late = [name for name in names if _is_late(client, name, now)]
    if late:
        detail = f"Runs that are due were not begun: {', '.join(late)}. Does the engine's tick run?"
        yield failed(detail, "lookout run tick, and see its log.")
    else:
        yield ok(f"{len(names)} schedulers are running, and no run is late." if names else "No scheduler is running.")


def _now() -> datetime:
    return datetime.now(UTC)


def _is_late(client: BaseClient, name: str, now: datetime) -> bool:
    """Whether the last window that ended long enough ago has no execution yet."""
    scheduler = client.describe_inference_scheduler(InferenceSchedulerName=name)
    newest = client.list_inference_executions(InferenceSchedulerName=name, MaxResults=1)["InferenceExecutionSummaries"]
    every = timedelta(minutes=_MINUTES[scheduler["DataUploadFrequency"]])
    delay = timedelta(minutes=scheduler["DataDelayOffsetInMinutes"])
    return now > _covered_until(scheduler, newest) + every + delay + GRACE


def _covered_until(scheduler: dict[str, Any], newest: list[dict[str, Any]]) -> datetime:
    """The end of the newest window that was begun; or when the scheduler was made or changed, if that is later."""
    changed = max(scheduler["CreatedAt"], scheduler["UpdatedAt"])
    return max([changed, *(one["DataEndTime"] for one in newest)])
