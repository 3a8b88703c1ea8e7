"""Parts of the OpenAPI document that operations refer to: headers, parameters, and how callers say who they are."""

from typing import Any

_TEXT = {"type": "string"}
_WHOLE = {"type": "integer", "minimum": 0}

HEADERS: dict[str, Any] = {
    "X-Request-Id": {"description": "Finds the log lines of this request.", "schema": _TEXT},
    "RateLimit-Limit": {"description": "Requests that are allowed in the present period.", "schema": _WHOLE},
    "RateLimit-Remaining": {"description": "How many of them are left.", "schema": _WHOLE},
    "RateLimit-Reset": {"description": "Seconds until there are that many again.", "schema": _WHOLE},
    "Retry-After": {"description": "Seconds after which it is worth trying again.", "schema": _WHOLE},
    "WWW-Authenticate": {"description": "How to say who is asking (RFC 6750).", "schema": _TEXT},
    "ETag": {"description": "Names this state of the resource: for `If-None-Match` and `If-Match`.", "schema": _TEXT},
    "Cache-Control": {"description": "Whether the answer may be kept.", "schema": _TEXT},
    "Link": {"description": 'The next page: `<address>; rel="next"`. Missing on the last one.', "schema": _TEXT},
    "Idempotent-Replayed": {
        "description": "`true` when this is the answer to an earlier request with the same key.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Preference-Applied": {"description": "The preference that was followed (RFC 7240).", "schema": _TEXT},
}

PARAMETERS: dict[str, Any] = {
    "Idempotency-Key": {
        "in": "header",
        "name": "Idempotency-Key",
        "description": "Sent again with the same key, the same request is not carried out again but answered as it was "
        "the first time. A key is kept for a day and belongs to your team.",
        "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]{1,256}$"},
        "example": "7f9c6a52-1d0e-4a53-9d1c-0f4b2f6f7e11",
    },
    "If-None-Match": {
        "in": "header",
        "name": "If-None-Match",
        "description": "Answer 304 without a body if the resource still has one of these ETags.",
        "schema": _TEXT,
        "example": '"3b5d5c3712955042212316173"',
    },
    "If-Match": {
        "in": "header",
        "name": "If-Match",
        "description": "Only if the resource still has one of these ETags; else 412.",
        "schema": _TEXT,
        "example": "*",
    },
    "Prefer": {
        "in": "header",
        "name": "Prefer",
        "description": "`wait=N`: answer when it has ended, or after N seconds (RFC 7240). The service has an upper "
        "bound, and answers early when many wait.",
        "schema": _TEXT,
        "example": "wait=10",
    },
    "wait": {
        "in": "query",
        "name": "wait",
        "description": "The same as `Prefer: wait=N`.",
        "schema": {"type": "number", "minimum": 0, "maximum": 3600},
        "example": 10,
    },
}

SECURITY_SCHEMES: dict[str, Any] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key (`lookout keys create`) or a token of the company's identity provider. Each has a "
        "team and scopes: `read`, `operate` and `admin`, each of which includes those before it.",
    }
}


def headers(*names: str) -> dict[str, Any]:
    """References to headers of the components."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
