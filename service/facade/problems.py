"""Every way things go wrong: slug, title, HTTP status, and whether trying again can help.

A class is one kind of problem; its docstring is the page served at ``/problems/<slug>``. Rooms further up raise
these, the HTTP edge writes them as problem+json (RFC 9457), and an operation or upload that failed in a worker
keeps one in its row.
"""

from collections.abc import Iterable
from inspect import cleandoc
from typing import Any, ClassVar

ErrorItem = dict[str, Any]  # one place that is wrong: {"pointer" | "parameter" | "file", "row", "column", "detail"}

_BY_SLUG: dict[str, type["Problem"]] = {}


def at_pointer(pointer: str, detail: str) -> ErrorItem:
    """A wrong member of a JSON body; `pointer` is an RFC 6901 JSON pointer such as ``/role_arn``."""
    return {"pointer": pointer, "detail": detail}


def at_parameter(parameter: str, detail: str) -> ErrorItem:
    """A wrong query parameter, header or part of the path."""
    return {"parameter": parameter, "detail": detail}


class Problem(Exception):
    """Something went wrong. Subclasses say what."""

    slug: ClassVar[str]
    title: ClassVar[str]
    status: ClassVar[int]
    retryable: ClassVar[bool]

    def __init_subclass__(cls, *, slug: str, title: str, status: int, retryable: bool = False) -> None:
        if slug in _BY_SLUG:
            raise TypeError(f"two problems are called {slug}")
        cls.slug, cls.title, cls.status, cls.retryable = slug, title, status, retryable
        _BY_SLUG[slug] = cls

    def __init__(
        self,
        detail: str = "",
        *,
        errors: Iterable[ErrorItem] = (),
        retry_after: int | None = None,
        aws_error_code: str | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = list(errors)
        self.retry_after = retry_after if retry_after is not None else (5 if self.retryable else None)
        self.aws_error_code = aws_error_code

    def document(self) -> dict[str, Any]:
        """The members of the problem+json document that do not depend on the request."""
        members = {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "errors": self.errors or None,
            "aws_error_code": self.aws_error_code,
        }
        return {name: value for name, value in members.items() if value is not None}


def problem_types() -> dict[str, type[Problem]]:
    """Every kind of problem by its slug."""
    return dict(sorted(_BY_SLUG.items()))


def problem_page(kind: type[Problem]) -> str:
    """What `/problems/<slug>` says about a kind of problem, as Markdown."""
    again = "Sending the same request again later can succeed." if kind.retryable else "The same request fails again."
    return f"# {kind.title}\n\nStatus {kind.status}. {again}\n\n{cleandoc(kind.__doc__ or '')}\n"


# --- the request itself


class InvalidJson(Problem, slug="invalid-json", title="The body is not valid JSON", status=400):
    """The request body could not be read as JSON. `detail` names the line and column of the first mistake."""


class InvalidRequest(Problem, slug="invalid-request", title="Some values are not allowed", status=422):
    """The request could be read, but fields or parameters in it are unknown, missing or not allowed. `errors` lists
    each of them: `pointer` is a JSON pointer into the body, `parameter` the name of a query parameter or header."""


class BadCursor(Problem, slug="bad-cursor", title="The cursor cannot be used", status=422):
    """A `cursor` is opaque: take it from the `next` link of a page as it is, and leave the other parameters as they
    were. To change filters, start again without a cursor."""


class UnsupportedMediaType(
    Problem, slug="unsupported-media-type", title="The body has a content type that is not read here", status=415
):
    """The `Content-Type` of the request is not one this address reads. `detail` names those it does."""


class RequestTooLarge(Problem, slug="request-too-large", title="The body is too large", status=413):
    """The body is longer than this address accepts. `detail` names the limit."""


class BadRequest(Problem, slug="bad-request", title="The request could not be understood", status=400):
    """The request breaks the rules of HTTP or of this address in a way that has no kind of its own; see `detail`."""


class NotFound(Problem, slug="not-found", title="There is nothing at this address", status=404):
    """No resource has this path. `/docs` lists the paths there are."""


class MethodNotAllowed(Problem, slug="method-not-allowed", title="This address has no such method", status=405):
    """The path exists but not with this HTTP method. The `Allow` header lists the methods it has."""


class NotAcceptable(Problem, slug="not-acceptable", title="The answer cannot have that format", status=406):
    """None of the media types in the `Accept` header can be produced here. `detail` names those that can."""


class PreconditionFailed(Problem, slug="precondition-failed", title="It changed since it was read", status=412):
    """`If-Match` does not hold the present ETag. Read the resource again, decide again, and send the new ETag."""


class IdempotencyKeyReused(
    Problem, slug="idempotency-key-reused", title="This Idempotency-Key belongs to another request", status=422
):
    """The key was used before for a request with another body or address. A new request needs a new key."""


class RequestInFlight(
    Problem, slug="request-in-flight", title="The same request is still being handled", status=409, retryable=True
):
    """A request with this Idempotency-Key is being handled at this moment. Send it again a little later."""


# --- the caller


class NotAuthenticated(Problem, slug="not-authenticated", title="It is not known who is asking", status=401):
    """Every request below `/v1` carries `Authorization: Bearer …` with an API key or a token of the identity provider
    that this service trusts. `detail` says what is wrong with the one that was sent. Whoever runs the service makes
    keys with `lookout keys create`."""


class InsufficientScope(Problem, slug="insufficient-scope", title="Your scopes do not allow this", status=403):
    """The scopes `read`, `operate` and `admin` each include those before them. `detail` names the one that is needed;
    whoever runs the service can give you a key that has it."""


class CrossSiteRequest(Problem, slug="cross-site-request", title="No page of this service asks for this", status=403):
    """Whoever is logged in with a browser sends the token of the page, in the header `X-CSRF-Token` or the form field
    `csrf_token`, with everything that is no GET; and pages of other origins may ask for nothing. Programs send a key
    in `Authorization` and no cookie."""


class RateLimited(Problem, slug="rate-limited", title="Too many requests", status=429, retryable=True):
    """A key may send so many requests in a time, and an address so many without a valid key. The headers
    `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` say how far it is; try again after `Retry-After`
    seconds."""


# --- the resources


class SchedulerNotFound(Problem, slug="scheduler-not-found", title="No such scheduler", status=404):
    """No inference scheduler has this name. Names are case-sensitive; `GET /v1/schedulers` lists them."""


class ModelNotFound(Problem, slug="model-not-found", title="No such model", status=404):
    """No model has this name. Names are case-sensitive; `GET /v1/models` lists them."""


class OperationNotFound(Problem, slug="operation-not-found", title="No such operation", status=404):
    """No operation has this id. Take the address from the `Operation-Location` header of the answer that began it."""


class ReplayNotFound(Problem, slug="replay-not-found", title="No such replay", status=404):
    """No replay has this id. Take the address from the `Location` header of the answer that began it."""


class WebhookNotFound(Problem, slug="webhook-not-found", title="No such webhook", status=404):
    """No webhook has this id. `GET /v1/webhooks` lists those of your team."""


class DeliveryNotFound(Problem, slug="delivery-not-found", title="No such delivery", status=404):
    """No delivery has this id, or it is older than 30 days. `GET /v1/webhooks/{id}/deliveries` lists the deliveries of a
    webhook."""


class MaintenanceWindowNotFound(
    Problem, slug="maintenance-window-not-found", title="No such maintenance window", status=404
):
    """No maintenance window has this id. `GET /v1/schedulers/{name}/maintenance-windows` lists those of a scheduler."""


class PlaceForgotten(Problem, slug="place-forgotten", title="What came after this place is not kept any more", status=410):
    """Notifications are kept for a month, and some after this `Last-Event-ID` or `recorded_after` are gone. Begin
    without it, and look at the resources for what happened meanwhile."""


class TooManyStreams(
    Problem, slug="too-many-streams", title="No more streams can be listened to now", status=503, retryable=True
):
    """Each stream keeps a connection, and `LOOKOUT_MAX_STREAMS` of them are open. Try again after `Retry-After` seconds,
    or read `GET /v1/notifications` from time to time."""


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


# --- charts and embeds


class ChartsBusy(Problem, slug="charts-busy", title="Too many charts are being drawn", status=503, retryable=True):
    """A process draws one chart after the other, and as many wait for theirs as it lets. Try again after `Retry-After`
    seconds; charts that were drawn a moment ago are answered all the same."""


class EmbedNotFound(Problem, slug="embed-not-found", title="No such embed", status=404):
    """No embed has this id or token. `GET /v1/schedulers/{name}/embeds` lists the embeds of a scheduler; tokens are
    shown once, when an embed is made."""


class EmbedEnded(Problem, slug="embed-ended", title="The embed is not valid any more", status=410):
    """It was shown for as long as its maker had said, or it was revoked. Make a new one with
    `POST /v1/schedulers/{name}/embeds` and paste its snippet in place of the old one."""


# --- uploads


class InvalidUpload(Problem, slug="invalid-upload", title="The uploaded data cannot be used", status=422):
    """Nothing was written. `errors` names file, row (as in the file: the header is row 1), column and what is wrong."""


class UploadTooLarge(Problem, slug="upload-too-large", title="The upload is too large", status=413):
    """The body is larger than one upload may be, or becomes so when it is unpacked and cut: `detail` says how. Split
    the time range over several uploads."""


class MappingNotFound(Problem, slug="column-mapping-not-found", title="No column mapping", status=404):
    """Nobody said how the tables of this scheduler are to be read, so they are read as they say themselves. Say it with
    `PUT /v1/schedulers/{name}/column-mapping`."""


class UploadExpired(Problem, slug="upload-expired", title="The upload did not come in time", status=410):
    """The address to PUT a file to holds for a while. Ask for a new one with
    `POST /v1/schedulers/{name}/direct-uploads`, and complete the upload before `expires_at`."""


# --- imports


class ImportNotFound(Problem, slug="import-not-found", title="No such import", status=404):
    """No import has this id. `GET /v1/schedulers/{name}/imports` lists the imports of a scheduler."""


class NothingToImport(Problem, slug="nothing-to-import", title="There are no results at this place", status=422):
    """Below the prefix there is no object called `results.jsonl` or `results.csv`. A prefix is the beginning of the
    keys, without the bucket, and usually ends with a slash."""


class ImportGivenUp(Problem, slug="import-given-up", title="The import ended its workers", status=422):
    """Workers were killed one after the other in the same place, perhaps because the objects there are too large
    for the memory of the machine. `detail` names the place. What was read before it stays."""


# --- the neighbours


class UpstreamThrottled(
    Problem, slug="upstream-throttled", title="Too many requests to the engine", status=503, retryable=True
):
    """The Lookout for Equipment endpoint asked us to slow down. Try again after `Retry-After` seconds."""


class UpstreamUnavailable(
    Problem, slug="upstream-unavailable", title="The engine cannot be reached", status=503, retryable=True
):
    """No connection to the Lookout for Equipment endpoint could be made. Try again after `Retry-After` seconds."""


class UpstreamTimeout(
    Problem, slug="upstream-timeout", title="The engine did not answer in time", status=504, retryable=True
):
    """The Lookout for Equipment endpoint took the request but did not answer. Whether a change was made is not known:
    read the resource before trying again, or try again with the same `Idempotency-Key`."""


class UpstreamRefused(Problem, slug="upstream-refused", title="The engine refuses our credentials", status=502):
    """The Lookout for Equipment endpoint does not accept the credentials of this service. Whoever runs the service
    has to mend its settings; callers can do nothing."""


class UpstreamFailed(Problem, slug="upstream-failed", title="The engine failed", status=502, retryable=True):
    """The Lookout for Equipment endpoint answered with an error of its own, or with one that nobody expected."""


class NotSupportedUpstream(
    Problem, slug="not-supported-upstream", title="The engine behind this service cannot do this", status=501
):
    """Replays are an addition to the Lookout for Equipment protocol, and this endpoint does not have them."""


class QueueUnavailable(
    Problem, slug="queue-unavailable", title="The work queue cannot be reached", status=503, retryable=True
):
    """Nothing was changed. Requests that leave work behind need Redis; reading goes on without it."""


class DatabaseUnavailable(
    Problem, slug="database-unavailable", title="The database cannot be reached", status=503, retryable=True
):
    """Nothing was acknowledged. Try again after `Retry-After` seconds."""


class IssuerUnavailable(
    Problem, slug="issuer-unavailable", title="The identity provider cannot be reached", status=503, retryable=True
):
    """The keys that tokens are checked with could not be read from the identity provider. API keys go on working."""


class StorageUnavailable(
    Problem, slug="storage-unavailable", title="The object store cannot be reached", status=503, retryable=True
):
    """The S3 endpoint could not be reached or failed. Nothing was acknowledged; try again."""


class StorageRefused(Problem, slug="storage-refused", title="The object store refuses access", status=502):
    """The S3 endpoint does not let this service use the bucket or key. `detail` names it; whoever runs the service has
    to mend its permissions, or the scheduler has to name a bucket that exists."""


class InternalError(Problem, slug="internal-error", title="Something is wrong with this service", status=500):
    """A mistake of ours. The log has the cause under the `request_id` of this answer."""
