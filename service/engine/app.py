"""The engine as a WSGI application: the protocol in front, the table of operations behind."""

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog
from structlog.contextvars import bound_contextvars
from werkzeug import Request, Response
from werkzeug.exceptions import MethodNotAllowed, NotFound, RequestEntityTooLarge

from service import tracing
from service.correlation import HEADER, request_id_of
from service.engine.counts import count_call
from service.engine.operations import perform
from service.engine.probes import say_alive, say_ready, tell_metrics
from service.engine.protocol.accounts import Accounts, read_accounts
from service.engine.protocol.answers import answer, refuse
from service.engine.protocol.authorization import read_authorization
from service.engine.protocol.calls import Call
from service.engine.protocol.constraints import check_constraints
from service.engine.protocol.description import PLACE, tell_description
from service.engine.protocol.faults import Fault, InternalServerException, RequestEntityTooLargeException
from service.engine.protocol.parameters import read_parameters
from service.engine.protocol.signatures import verify_signature
from service.engine.protocol.target import find_operation
from service.engine.resources import Resources, join_resources
from service.logs import configure_logs
from service.settings import Settings, SettingsError, load_settings
from service.telemetry.requests import http_workers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

BODY_MAX = 2 * 1024 * 1024  # bytes; a schema of the largest size, escaped, fits

log = structlog.get_logger(__name__)


def create_app(settings: Settings, resources: Resources) -> "WSGIApplication":
    """The application over given resources: ``POST /`` for the protocol, its description, and probes.

    Raises:
        SettingsError: signatures are to be verified, and there is no credential to verify them with.
    """
    accounts = read_accounts(settings)
    if settings.verify_signatures and not accounts.known:
        raise SettingsError(
            "LOOKOUT_VERIFY_SIGNATURES is on: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, which callers sign "
            "with, or LOOKOUT_ENGINE_CREDENTIALS."
        )

    routes: dict[str, tuple[str, Callable[[Request], Response]]] = {
        "/": ("POST", lambda request: _serve_call(request, accounts, resources)),
        "/healthz": ("GET", say_alive),
        "/readyz": ("GET", lambda _: say_ready(resources)),
        "/metrics": ("GET", lambda request: tell_metrics(request, settings, resources)),
        PLACE: ("GET", tell_description),
    }

    @Request.application
    def application(request: Request) -> Response:
        method, serve = routes.get(request.path, (None, None))
        if serve is None:
            raise NotFound(f"There is nothing at {request.path}; the protocol is at POST /.")
        if request.method != method:
            raise MethodNotAllowed([method])
        return serve(request)

    return application


def create_wsgi_app() -> "WSGIApplication":
    """The application of a server process such as gunicorn's, by the settings in the environment."""
    from service.engine.queue import CeleryQueue  # celery stays out of processes that bring their own queue

    settings = load_settings()
    configure_logs(settings)
    http_workers.set(1)
    tracing.start_tracing(settings, "engine")
    queue = CeleryQueue(settings)
    return create_app(settings, join_resources(settings, queue, threads=settings.http_threads, connections_each=1))


def _serve_call(request: Request, accounts: Accounts, resources: Resources) -> Response:
    """Answer one call, whatever happens, and write one line about it. A caller's own request id is told beside ours."""
    began = perf_counter()
    call_id = str(uuid4())
    with (
        bound_contextvars(call_id=call_id, request_id=request_id_of(request.headers.get(HEADER, call_id))),
        tracing.span("SERVER", "call", request.headers),
    ):
        response, error_code = _answer_or_refuse(request, accounts, resources, call_id)
        operation, seconds = request.headers.get("X-Amz-Target", "").rpartition(".")[2][:64], perf_counter() - began
        count_call(operation, error_code, seconds)
        tracing.note({"rpc.method": operation, "http.response.status_code": response.status_code}, operation)
        log.info(
            "call_answered",
            operation=operation,
            status=response.status_code,
            error_code=error_code,
            duration_ms=round(1000 * seconds, 1),
        )
    response.headers["x-amzn-requestid"] = call_id
    return response


def _answer_or_refuse(
    request: Request, accounts: Accounts, resources: Resources, call_id: str
) -> tuple[Response, str | None]:
    try:
        return _answer(request, accounts, resources, call_id), None
    except Fault as fault:
        return refuse(fault), fault.code
    except Exception:
        log.exception("call_failed")
        fault = InternalServerException(f"The engine failed; its log says why under the request id {call_id}.")
        return refuse(fault), fault.code


def _answer(request: Request, accounts: Accounts, resources: Resources, call_id: str) -> Response:
    """The life of a call, from top to bottom; each step refuses with a fault of its own."""
    operation = find_operation(request.headers)
    authorization = read_authorization(request.headers)
    body = _read_body(request)
    if accounts.are_keys_checked:
        secret = accounts.secret_of(authorization.access_key)
        verify_signature(authorization, request.headers, body, secret=secret, now=resources.clock())
    params = read_parameters(operation, body)
    check_constraints(operation, params)
    call = Call(
        operation=operation.name,
        params=params,
        account_id=accounts.account_of(authorization.access_key),
        region=authorization.region,
        access_key=authorization.access_key,
        request_id=call_id,
    )
    return answer(operation, perform(call, resources))


def _read_body(request: Request) -> bytes:
    request.max_content_length = BODY_MAX + 1  # a body without a length is cut off there, not refused
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        body = None
    if body is None or len(body) > BODY_MAX:
        raise RequestEntityTooLargeException(f"The body is longer than {BODY_MAX} bytes.")
    return body
