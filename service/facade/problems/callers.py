"""Who asks, and what they may."""

from service.facade.problems.problem import Problem


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
