"""Every setting: its name in the environment, type, default and meaning, once. The only reader of the environment.

Our own settings start with ``LOOKOUT_``; the ones that other tools know too (``REDIS_URL``, ``AWS_…``) keep
the name those tools use. `load_settings` checks all of them and reports everything wrong in one message.
"""

import os
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, validate
from marshmallow import fields as check

from service.rates import parse_rates
from service.teams import TEAM, parse_team_buckets

OWN_PREFIX = "LOOKOUT_"

_ORIGIN = r"https?://[A-Za-z0-9.:\[\]-]+"
_PORT = check.Integer(validate=validate.Range(0, 65535, error="must be a port between 0 and 65535"))
_COUNT = check.Integer(validate=validate.Range(1, error="must be a whole number of at least 1"))
_HOPS = check.Integer(validate=validate.Range(0, 9, error="must be a whole number from 0 to 9"))
_SECONDS = check.Float(validate=validate.Range(0, error="must be a number of seconds, 0 or more"))
_TEXT = check.String()
_FILLED = check.String(validate=validate.Length(1, error="must not be empty"))
_SWITCH = check.Boolean()


class SettingsError(Exception):
    """Some settings are wrong. The message has one line for each of them."""


def _setting(name: str, meaning: str, default: Any, checked_by: check.Field = _TEXT) -> Any:
    metadata = {"name": name, "meaning": meaning, "check": checked_by}
    return field(default=default, metadata=metadata, repr=not _may_hide_a_secret(name))


def _may_hide_a_secret(name: str) -> bool:
    """Secrets, and URLs, which may carry a password: they stay out of logs and messages."""
    return "SECRET" in name or "URL" in name


def _url(*schemes: str) -> check.Field:
    pattern = rf"^$|^({'|'.join(schemes)})://.+"
    wanted = " or ".join(f"{scheme}://…" for scheme in schemes)
    return check.String(validate=validate.Regexp(pattern, error=f"must look like {wanted}"))


# Keys are believed because of where they come from: nobody may be able to stand in between.
_TRUSTED = check.String(
    validate=validate.Regexp(
        r"^$|^https://.+|^http://(localhost|127\.\d+\.\d+\.\d+|\[::1\])([:/].*)?$",
        error="must be https://…, or http:// on this machine",
    )
)


def _rates(text: str) -> None:
    try:
        parse_rates(text)
    except ValueError as error:
        raise ValidationError(f"{error}; several have a semicolon between") from error


def _places(text: str) -> None:
    try:
        parse_team_buckets(text)
    except ValueError as error:
        raise ValidationError(f"{error}; teams have a semicolon between, their places a comma") from error


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the environment says, checked. Empty text means "not set" throughout."""

    # --- neighbours; each empty one is started from a wheel by `lookout up`
    redis_url: str = _setting(
        "REDIS_URL", "Redis or Valkey for the queues and the cache; empty: an embedded Valkey.", "",
        _url("redis", "rediss", "unix"),
    )  # fmt: skip
    facade_database_url: str = _setting(
        "LOOKOUT_FACADE_DATABASE_URL", "PostgreSQL of the facade; empty: an embedded server.", "",
        _url("postgresql"),
    )  # fmt: skip
    engine_database_url: str = _setting(
        "LOOKOUT_ENGINE_DATABASE_URL", "PostgreSQL of the engine; empty: an embedded server.", "",
        _url("postgresql"),
    )  # fmt: skip
    s3_endpoint_url: str = _setting(
        "AWS_ENDPOINT_URL_S3", "S3 endpoint; empty: an embedded server, or AWS where none is started.", "",
        _url("http", "https"),
    )  # fmt: skip
    lookoutequipment_endpoint_url: str = _setting(
        "AWS_ENDPOINT_URL_LOOKOUTEQUIPMENT",
        "Where the facade finds an engine; empty: the one on this machine.", "",
        _url("http", "https"),
    )  # fmt: skip
    aws_region: str = _setting("AWS_DEFAULT_REGION", "Region that requests are signed for.", "eu-west-1", _FILLED)
    aws_access_key_id: str = _setting(
        "AWS_ACCESS_KEY_ID", "Access key for S3 and the engine. Empty: boto3's own chain of credentials.", ""
    )
    aws_secret_access_key: str = _setting("AWS_SECRET_ACCESS_KEY", "Secret to the access key.", "")

    # --- where this machine keeps things and listens
    data_dir: str = _setting("LOOKOUT_DATA_DIR", "Folder of everything the embedded servers keep.", "var", _FILLED)
    bind_host: str = _setting("LOOKOUT_BIND_HOST", "Address that facade and engine listen on.", "127.0.0.1", _FILLED)
    facade_port: int = _setting("LOOKOUT_FACADE_PORT", "Port of the facade.", 8000, _PORT)
    engine_port: int = _setting("LOOKOUT_ENGINE_PORT", "Port of the engine.", 8001, _PORT)
    s3_port: int = _setting("LOOKOUT_S3_PORT", "Port of the embedded S3 server.", 9000, _PORT)
    http_threads: int = _setting("LOOKOUT_HTTP_THREADS", "Threads of each HTTP worker process.", 16, _COUNT)
    http_workers: int = _setting("LOOKOUT_HTTP_WORKERS", "HTTP worker processes of each house.", 1, _COUNT)
    worker_threads: int = _setting("LOOKOUT_WORKER_THREADS", "Tasks a Celery worker runs at once.", 4, _COUNT)

    # --- facade
    auth: str = _setting(
        "LOOKOUT_AUTH", "`on`: every request needs a key or a token; `off`: none does, on loopback only.", "on",
        check.String(validate=validate.OneOf(["on", "off"])),
    )  # fmt: skip
    default_team: str = _setting(
        "LOOKOUT_DEFAULT_TEAM", "Team of schedulers that carry no tag `team`, and of everybody where auth is off.",
        "default", check.String(validate=validate.Regexp(rf"^{TEAM}\Z", error="must be a team name")),
    )  # fmt: skip
    team_buckets: str = _setting(
        "LOOKOUT_TEAM_BUCKETS",
        "Where the schedulers and imports of each team may read and write, such as `plant-a=data-a, shared/plant-a/; "
        "plant-b=data-b`; teams that are not named may nowhere. Empty: every team in every bucket.", "",
        check.String(validate=_places),
    )  # fmt: skip
    oidc_issuer: str = _setting(
        "LOOKOUT_OIDC_ISSUER", "Identity provider whose tokens are taken beside API keys; empty: none is.", "", _TRUSTED
    )
    oidc_audience: str = _setting("LOOKOUT_OIDC_AUDIENCE", "What a token's `aud` has to name: this service.", "")
    oidc_jwks_url: str = _setting(
        "LOOKOUT_OIDC_JWKS_URL", "Where the issuer's keys are; empty: where its discovery document says.", "", _TRUSTED
    )
    oidc_team_claim: str = _setting("LOOKOUT_OIDC_TEAM_CLAIM", "Claim of a token that names the team.", "team", _FILLED)
    oidc_scopes_claim: str = _setting(
        "LOOKOUT_OIDC_SCOPES_CLAIM", "Claim with the scopes, as a list or a text; `lookout:read` counts as `read`.",
        "scope", _FILLED,
    )  # fmt: skip
    trusted_proxies: int = _setting(
        "LOOKOUT_TRUSTED_PROXIES", "Proxies in front of the facade whose `X-Forwarded-For` is believed.", 0, _HOPS
    )
    rate_limit: str = _setting(
        "LOOKOUT_RATE_LIMIT", "Requests a key may send, such as `100/second; 6000/minute`; empty: any number.",
        "6000/minute", check.String(validate=_rates),
    )  # fmt: skip
    cors_origins: str = _setting(
        "LOOKOUT_CORS_ORIGINS",
        "Origins whose pages may call the facade from a browser, such as `https://portal.example.com`, with commas "
        "between; empty: none.", "",
        check.String(validate=validate.Regexp(
            rf"^$|^{_ORIGIN}(\s*,\s*{_ORIGIN})*$", error="must look like https://host or https://host:port, no path"
        )),
    )  # fmt: skip
    staging_bucket: str = _setting(
        "LOOKOUT_STAGING_BUCKET", "Bucket where uploads wait for a worker.", "lookout-staging", _FILLED
    )
    describe_cache_seconds: float = _setting(
        "LOOKOUT_DESCRIBE_CACHE_SECONDS", "How long a describe answer may be served from the cache.", 5.0, _SECONDS
    )
    upload_max_bytes: int = _setting("LOOKOUT_UPLOAD_MAX_BYTES", "Largest body of an upload.", 1024**3, _COUNT)
    direct_upload_max_bytes: int = _setting(
        "LOOKOUT_DIRECT_UPLOAD_MAX_BYTES", "Largest file that callers put into S3 themselves.", 5 * 1024**3, _COUNT
    )
    direct_upload_seconds: int = _setting(
        "LOOKOUT_DIRECT_UPLOAD_SECONDS", "How long such a file may be put and completed.", 3600, _COUNT
    )
    s3_public_endpoint_url: str = _setting(
        "LOOKOUT_S3_PUBLIC_ENDPOINT_URL", "S3 endpoint as callers reach it; empty: the same as ours.", "",
        _url("http", "https"),
    )  # fmt: skip
    wait_max_seconds: float = _setting(
        "LOOKOUT_WAIT_MAX_SECONDS",
        "Longest that an answer waits for what it began: `Prefer: wait`, `?wait=`.",
        30.0,
        _SECONDS,
    )
    heal_hours: float = _setting(
        "LOOKOUT_HEAL_HOURS",
        "Windows of the last hours that lacked data are scored again, once, when it comes late; 0: they are not.", 24.0,
        check.Float(validate=validate.Range(0, 168, error="must be a number of hours from 0 to 168")),
    )  # fmt: skip
    default_role_arn: str = _setting(
        "LOOKOUT_DEFAULT_ROLE_ARN", "Role given upstream for a scheduler whose request names none.",
        "arn:aws:iam::000000000000:role/lookout", _FILLED,
    )  # fmt: skip

    # --- engine
    engine_account_id: str = _setting(
        "LOOKOUT_ENGINE_ACCOUNT_ID", "Account in the ARNs that the engine hands out.", "000000000000",
        check.String(validate=validate.Regexp(r"^\d{12}$", error="must be 12 digits")),
    )  # fmt: skip
    engine_bucket: str = _setting(
        "LOOKOUT_ENGINE_BUCKET", "Bucket of ingested data and trained models.", "lookout-engine", _FILLED
    )
    verify_signatures: bool = _setting(
        "LOOKOUT_VERIFY_SIGNATURES",
        "Refuse engine requests whose signature does not match AWS_SECRET_ACCESS_KEY.", False, _SWITCH,
    )  # fmt: skip
    catch_up_hours: float = _setting(
        "LOOKOUT_CATCH_UP_HOURS",
        "Windows missed while the engine was down are run late if they are younger than this.", 24.0, _SECONDS,
    )  # fmt: skip

    # --- logs
    log_level: str = _setting(
        "LOOKOUT_LOG_LEVEL", "Least severe log line that is written.", "info",
        check.String(validate=validate.OneOf(["debug", "info", "warning", "error"])),
    )  # fmt: skip
    log_format: str = _setting(
        "LOOKOUT_LOG_FORMAT", "`json` for machines, `console` for people.", "json",
        check.String(validate=validate.OneOf(["json", "console"])),
    )  # fmt: skip

    @property
    def data_path(self) -> Path:
        return Path(self.data_dir).resolve()

    def environment(self) -> dict[str, str]:
        """These settings as the environment of a child process: every one is said, defaults too."""
        return {entry.metadata["name"]: _as_text(getattr(self, entry.name)) for entry in fields(self)}


def setting_fields() -> dict[str, Field]:
    """Every setting by its name in the environment, for documents and house tests."""
    return {entry.metadata["name"]: entry for entry in fields(Settings)}


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read, check and freeze the settings.

    Raises:
        SettingsError: with a line for every unknown and every wrong setting.
    """
    environ = os.environ if environ is None else environ
    known = setting_fields()
    given = {name: environ[name] for name in known if name in environ}
    complaints = [_unknown(name, known) for name in environ if name.startswith(OWN_PREFIX) and name not in known]
    values: dict[str, Any] = {}
    try:
        values = _schema(known)().load(given)
    except ValidationError as error:
        complaints += [_wrong(name, given[name], said) for name, said in error.messages_dict.items()]
    settings = Settings(**{known[name].name: value for name, value in values.items()})
    complaints += _together(settings)
    if complaints:
        raise SettingsError("\n".join(["These settings are wrong:", *sorted(complaints)]))
    return settings


def _together(settings: Settings) -> list[str]:
    """What is wrong about several settings at once."""
    complaints = []
    if settings.auth == "off" and not is_loopback(settings.bind_host):
        where = f"LOOKOUT_BIND_HOST = {settings.bind_host!r}"
        complaints.append(f"  LOOKOUT_AUTH = 'off': only where nobody else can connect, and {where} is no loopback")
    if settings.oidc_issuer and not settings.oidc_audience:
        complaints.append("  LOOKOUT_OIDC_AUDIENCE: has to be set with LOOKOUT_OIDC_ISSUER, or any token would do")
    return complaints


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _schema(known: Mapping[str, Field]) -> type[Schema]:
    return Schema.from_dict({name: entry.metadata["check"] for name, entry in known.items()})


def _unknown(name: str, known: Mapping[str, Field]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"  {name}: no such setting" + (f"; did you mean {near[0]}?" if near else "")


def _wrong(name: str, value: str, said: list[str]) -> str:
    shown = "(hidden)" if "SECRET" in name or "@" in value else repr(value)
    return f"  {name} = {shown}: {' '.join(said)}"


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


assert all(entry.default is not MISSING for entry in fields(Settings)), "a setting without a default"
