"""The servers behind this service, and its own mistakes."""

from service.facade.problems.problem import Problem


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
