"""Every call that boto3 makes as a span; and what goes to the engine carries the request id and the trace."""

from typing import Any

from botocore.awsrequest import AWSRequest
from botocore.client import BaseClient

from service import tracing
from service.correlation import carried
from service.wire import SERVICE

_SPAN = "lookout_span"  # in what botocore carries through a call
_FAILING = 500


def correlated(client: BaseClient) -> BaseClient:
    """Have every call of the client traced, from now on, and followed up by the engine."""
    service, events = client.meta.service_model.service_name, client.meta.events

    def begin(model: Any, context: dict[str, Any], **_: Any) -> None:
        if (span := tracing.start_span("CLIENT", f"{service}/{model.name}")) is not None:
            span.note({"rpc.system": "aws-api", "rpc.service": service, "rpc.method": model.name})
            context[_SPAN] = span

    def end(parsed: dict[str, Any], http_response: Any, context: dict[str, Any], **_: Any) -> None:
        if (span := context.pop(_SPAN, None)) is not None:
            status, code = http_response.status_code, parsed.get("Error", {}).get("Code")
            span.note({"http.response.status_code": status} | ({"aws.error_code": code} if code else {}))
            span.end(str(status) if status >= _FAILING else None)

    def fail(exception: Exception, context: dict[str, Any], **_: Any) -> None:
        if (span := context.pop(_SPAN, None)) is not None:
            span.end(type(exception).__name__)

    events.register("before-call", begin)
    events.register("after-call", end)
    events.register("after-call-error", fail)
    if service == SERVICE:
        events.register_last("request-created", _tell)
    return client


def _tell(request: AWSRequest, **_: Any) -> None:
    """Add the headers after the request was signed: proxies may write other ones."""
    span = request.context.get(_SPAN)
    for name, value in (carried() | (span.headers() if span else {})).items():
        request.headers[name] = value
