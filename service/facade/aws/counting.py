"""Every call that boto3 makes, counted by how it ended. One that was not made, since too many wait, does not count."""

import time
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from service.facade.aws.faults import PROBLEM_OF_CODE
from service.facade.counts import count_upstream_call
from service.facade.problems import UpstreamRefused, UpstreamThrottled

_BEGAN = "lookout_began"  # in what botocore carries through a call
_DENIED = {code for code, kind in PROBLEM_OF_CODE.items() if kind is UpstreamRefused} | {"403", "AccessDenied"}
_DENIED |= {"InvalidAccessKeyId", "ExpiredToken", "InvalidToken"}
_THROTTLED = {code for code, kind in PROBLEM_OF_CODE.items() if kind is UpstreamThrottled} | {
    "SlowDown",
    "503 Slow Down",
}
_FAILING = 500


def counted(client: BaseClient) -> BaseClient:
    """Have every call of the client counted, from now on. Whatever holds calls up should be registered before."""
    service, events = client.meta.service_model.service_name, client.meta.events

    def begin(context: dict[str, Any], **_: Any) -> None:
        context[_BEGAN] = time.perf_counter()

    def end(model: Any, parsed: dict[str, Any], http_response: Any, context: dict[str, Any], **_: Any) -> None:
        outcome = outcome_of(http_response.status_code, parsed.get("Error", {}).get("Code", ""))
        count_upstream_call(service, model.name, outcome, time.perf_counter() - context.pop(_BEGAN))

    def fail(exception: Exception, event_name: str, context: dict[str, Any], **_: Any) -> None:
        outcome = "timeout" if isinstance(exception, ReadTimeoutError | ConnectTimeoutError) else "unreachable"
        count_upstream_call(service, event_name.rpartition(".")[2], outcome, time.perf_counter() - context.pop(_BEGAN))

    events.register("before-call", begin)
    events.register("after-call", end)
    events.register("after-call-error", fail)
    return client


def outcome_of(status: int, code: str) -> str:
    """`ok`, `denied` (our credentials or permissions), `throttled`, `failed` (the upstream's own fault), or `refused`:
    not found, in conflict, not valid, which is an answer like any other."""
    if status < 300:
        return "ok"
    if code in _DENIED:
        return "denied"
    if code in _THROTTLED:
        return "throttled"
    return "failed" if status >= _FAILING else "refused"
