"""What is wrong with a request itself."""

from service.facade.problems.problem import Problem


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
