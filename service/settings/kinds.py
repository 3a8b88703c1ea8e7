"""How a setting is declared, and what checks its value."""

from dataclasses import field
from typing import Any

from marshmallow import ValidationError, validate
from marshmallow import fields as check

from service.credentials import parse_credentials
from service.networks import parse_networks
from service.quotas import parse_quotas
from service.rates import parse_rates
from service.teams import parse_team_buckets

ORIGIN = r"https?://[A-Za-z0-9.:\[\]-]+"
FRAMING = r"https?://(\*\.)?[A-Za-z0-9.:\[\]-]+"  # as `frame-ancestors` has them (CSP 3, 6.4.2)
SEALING_KEY = r"[A-Za-z0-9_-]{43}="
PORT = check.Integer(validate=validate.Range(0, 65535, error="must be a port between 0 and 65535"))
COUNT = check.Integer(validate=validate.Range(1, error="must be a whole number of at least 1"))
DAYS = check.Integer(validate=validate.Range(0, 36_500, error="must be a whole number of days, 0 to 36500"))
HOPS = check.Integer(validate=validate.Range(0, 9, error="must be a whole number from 0 to 9"))
SECONDS = check.Float(validate=validate.Range(0, error="must be a number of seconds, 0 or more"))
SPAN = check.Float(validate=validate.Range(0, min_inclusive=False, error="must be a number greater than 0"))
TEXT = check.String()
FILLED = check.String(validate=validate.Length(1, error="must not be empty"))
SWITCH = check.Boolean()


def setting(name: str, meaning: str, default: Any, checked_by: check.Field = TEXT) -> Any:
    metadata = {"name": name, "meaning": meaning, "check": checked_by}
    return field(default=default, metadata=metadata, repr=not may_hide_a_secret(name))


def may_hide_a_secret(name: str) -> bool:
    """Secrets, keys and tokens; URLs and headers, which may carry a password: they stay out of logs and messages."""
    return any(word in name for word in ("SECRET", "CREDENTIAL", "TOKEN", "API_KEY", "URL", "ENDPOINT", "HEADERS"))


def url(*schemes: str) -> check.Field:
    pattern = rf"^$|^({'|'.join(schemes)})://.+"
    wanted = " or ".join(f"{scheme}://…" for scheme in schemes)
    return check.String(validate=validate.Regexp(pattern, error=f"must look like {wanted}"))


# Keys are believed because of where they come from: nobody may be able to stand in between.
TRUSTED = check.String(
    validate=validate.Regexp(
        r"^$|^https://.+|^http://(localhost|127\.\d+\.\d+\.\d+|\[::1\])([:/].*)?$",
        error="must be https://…, or http:// on this machine",
    )
)


def networks(text: str) -> None:
    try:
        parse_networks(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error


def rates(text: str) -> None:
    try:
        parse_rates(text)
    except ValueError as error:
        raise ValidationError(f"{error}; several have a semicolon between") from error


def credentials(text: str) -> None:
    try:
        parse_credentials(text)
    except ValueError as error:
        raise ValidationError(f"{error}; several have a semicolon between") from error


def quotas(text: str) -> None:
    try:
        parse_quotas(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error


def places(text: str) -> None:
    try:
        parse_team_buckets(text)
    except ValueError as error:
        raise ValidationError(f"{error}; teams have a semicolon between, their places a comma") from error
