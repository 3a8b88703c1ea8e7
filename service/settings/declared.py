"""The settings: name in the environment, meaning, default and check of each, once."""

from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

from marshmallow import fields as check
from marshmallow import validate

from service.settings.kinds import (
    COUNT,
    FILLED,
    FRAMING,
    HOPS,
    ORIGIN,
    PORT,
    SEALING_KEY,
    SECONDS,
    SPAN,
    SWITCH,
    TRUSTED,
    credentials,
    networks,
    places,
    quotas,
    rates,
    setting,
    url,
)
from service.teams import TEAM


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the environment says, checked. Empty text means "not set" throughout."""

    # --- neighbours; each empty one is started from a wheel by `lookout up`
    redis_url: str = setting(
        "REDIS_URL", "Redis or Valkey for the queues and the cache; empty: an embedded Valkey.", "",
        url("redis", "rediss", "unix"),
    )  # fmt: skip
    facade_database_url: str = setting(
        "LOOKOUT_FACADE_DATABASE_URL", "PostgreSQL of the facade; empty: an embedded server.", "",
        url("postgresql"),
    )  # fmt: skip
    engine_database_url: str = setting(
        "LOOKOUT_ENGINE_DATABASE_URL", "PostgreSQL of the engine; empty: an embedded server.", "",
        url("postgresql"),
    )  # fmt: skip
    s3_endpoint_url: str = setting(
        "AWS_ENDPOINT_URL_S3", "S3 endpoint; empty: an embedded server, or AWS where none is started.", "",
        url("http", "https"),
    )  # fmt: skip
    lookoutequipment_endpoint_url: str = setting(
        "AWS_ENDPOINT_URL_LOOKOUTEQUIPMENT",
        "Where the facade finds an engine; empty: the one on this machine.", "",
        url("http", "https"),
    )  # fmt: skip
    aws_region: str = setting("AWS_DEFAULT_REGION", "Region that requests are signed for.", "eu-west-1", FILLED)
    aws_access_key_id: str = setting(
        "AWS_ACCESS_KEY_ID", "Access key for S3 and the engine. Empty: boto3's own chain of credentials.", ""
    )
    aws_secret_access_key: str = setting("AWS_SECRET_ACCESS_KEY", "Secret to the access key.", "")

    # --- where this machine keeps things and listens
    data_dir: str = setting("LOOKOUT_DATA_DIR", "Folder of everything the embedded servers keep.", "var", FILLED)
    bind_host: str = setting("LOOKOUT_BIND_HOST", "Address that facade and engine listen on.", "127.0.0.1", FILLED)
    facade_port: int = setting("LOOKOUT_FACADE_PORT", "Port of the facade.", 8000, PORT)
    engine_port: int = setting("LOOKOUT_ENGINE_PORT", "Port of the engine.", 8001, PORT)
    s3_port: int = setting("LOOKOUT_S3_PORT", "Port of the embedded S3 server.", 9000, PORT)
    http_threads: int = setting("LOOKOUT_HTTP_THREADS", "Threads of each HTTP worker process.", 16, COUNT)
    http_workers: int = setting("LOOKOUT_HTTP_WORKERS", "HTTP worker processes of each house.", 1, COUNT)
    worker_threads: int = setting("LOOKOUT_WORKER_THREADS", "Tasks a Celery worker runs at once.", 4, COUNT)
    stop_seconds: float = setting(
        "LOOKOUT_STOP_SECONDS",
        "Longest that a process told to end goes on with what it has in hand; let whoever kills it wait for 5 more.",
        5.0, SPAN,
    )  # fmt: skip

    # --- facade
    auth: str = setting(
        "LOOKOUT_AUTH", "`on`: every request needs a key or a token; `off`: none does, on loopback only.", "on",
        check.String(validate=validate.OneOf(["on", "off"])),
    )  # fmt: skip
    default_team: str = setting(
        "LOOKOUT_DEFAULT_TEAM", "Team of schedulers that carry no tag `team`, and of everybody where auth is off.",
        "default", check.String(validate=validate.Regexp(rf"^{TEAM}\Z", error="must be a team name")),
    )  # fmt: skip
    team_buckets: str = setting(
        "LOOKOUT_TEAM_BUCKETS",
        "Where the schedulers and imports of each team may read and write, such as `plant-a=data-a, shared/plant-a/; "
        "plant-b=data-b`; teams that are not named may nowhere. Empty: every team in every bucket.", "",
        check.String(validate=places),
    )  # fmt: skip
    oidc_issuer: str = setting(
        "LOOKOUT_OIDC_ISSUER", "Identity provider whose tokens are taken beside API keys; empty: none is.", "", TRUSTED
    )
    oidc_audience: str = setting("LOOKOUT_OIDC_AUDIENCE", "What a token's `aud` has to name: this service.", "")
    oidc_jwks_url: str = setting(
        "LOOKOUT_OIDC_JWKS_URL", "Where the issuer's keys are; empty: where its discovery document says.", "", TRUSTED
    )
    oidc_team_claim: str = setting("LOOKOUT_OIDC_TEAM_CLAIM", "Claim of a token that names the team.", "team", FILLED)
    oidc_scopes_claim: str = setting(
        "LOOKOUT_OIDC_SCOPES_CLAIM", "Claim with the scopes, as a list or a text; `lookout:read` counts as `read`.",
        "scope", FILLED,
    )  # fmt: skip
    oidc_client_id: str = setting(
        "LOOKOUT_OIDC_CLIENT_ID", "As whom the portal lets people log in at the issuer; empty: with keys only.", ""
    )
    oidc_client_secret: str = setting(
        "LOOKOUT_OIDC_CLIENT_SECRET", "Secret to the client id; empty: the issuer knows a public client.", ""
    )
    public_url: str = setting(
        "LOOKOUT_PUBLIC_URL",
        "Where browsers reach the facade, such as `https://lookout.example.com`; empty: where they say.", "",
        check.String(validate=validate.Regexp(rf"^$|^{ORIGIN}\Z", error="must look like https://host, without a path")),
    )  # fmt: skip
    session_hours: float = setting(
        "LOOKOUT_SESSION_HOURS", "How long somebody stays logged in to the portal at most.", 12.0, SPAN
    )
    session_idle_minutes: float = setting(
        "LOOKOUT_SESSION_IDLE_MINUTES", "How long somebody stays logged in who does nothing.", 120.0, SPAN
    )
    trusted_proxies: int = setting(
        "LOOKOUT_TRUSTED_PROXIES", "Proxies in front of the facade whose `X-Forwarded-For` is believed.", 0, HOPS
    )
    rate_limit: str = setting(
        "LOOKOUT_RATE_LIMIT", "Requests a key may send, such as `100/second; 6000/minute`; empty: any number.",
        "6000/minute", check.String(validate=rates),
    )  # fmt: skip
    cors_origins: str = setting(
        "LOOKOUT_CORS_ORIGINS",
        "Origins whose pages may call the facade from a browser, such as `https://portal.example.com`, with commas "
        "between; empty: none.", "",
        check.String(validate=validate.Regexp(
            rf"^$|^{ORIGIN}(\s*,\s*{ORIGIN})*$", error="must look like https://host or https://host:port, no path"
        )),
    )  # fmt: skip
    frame_ancestors: str = setting(
        "LOOKOUT_FRAME_ANCESTORS",
        "Origins whose pages may show embeds in a frame, such as `https://portal.example.com, https://*.example.org`; "
        "empty: none.", "",
        check.String(validate=validate.Regexp(
            rf"^$|^{FRAMING}(\s*,\s*{FRAMING})*\Z", error="must look like https://host or https://*.host, no path"
        )),
    )  # fmt: skip
    staging_bucket: str = setting(
        "LOOKOUT_STAGING_BUCKET", "Bucket where uploads wait for a worker.", "lookout-staging", FILLED
    )
    describe_cache_seconds: float = setting(
        "LOOKOUT_DESCRIBE_CACHE_SECONDS", "How long a describe answer may be served from the cache.", 5.0, SECONDS
    )
    upload_max_bytes: int = setting("LOOKOUT_UPLOAD_MAX_BYTES", "Largest body of an upload.", 1024**3, COUNT)
    direct_upload_max_bytes: int = setting(
        "LOOKOUT_DIRECT_UPLOAD_MAX_BYTES", "Largest file that callers put into S3 themselves.", 5 * 1024**3, COUNT
    )
    direct_upload_seconds: int = setting(
        "LOOKOUT_DIRECT_UPLOAD_SECONDS", "How long such a file may be put and completed.", 3600, COUNT
    )
    s3_public_endpoint_url: str = setting(
        "LOOKOUT_S3_PUBLIC_ENDPOINT_URL", "S3 endpoint as callers reach it; empty: the same as ours.", "",
        url("http", "https"),
    )  # fmt: skip
    wait_max_seconds: float = setting(
        "LOOKOUT_WAIT_MAX_SECONDS",
        "Longest that an answer waits for what it began: `Prefer: wait`, `?wait=`.",
        30.0,
        SECONDS,
    )
    heal_hours: float = setting(
        "LOOKOUT_HEAL_HOURS",
        "Windows of the last hours that lacked data are scored again, once, when it comes late; 0: they are not.", 24.0,
        check.Float(validate=validate.Range(0, 168, error="must be a number of hours from 0 to 168")),
    )  # fmt: skip
    webhook_allowed_networks: str = setting(
        "LOOKOUT_WEBHOOK_ALLOWED_NETWORKS",
        "Networks where webhooks may go though they are not public, and by http:// too, such as `10.20.0.0/16, "
        "fd12::/64`; empty: none.", "", check.String(validate=networks),
    )  # fmt: skip
    secrets_key: str = setting(
        "LOOKOUT_SECRETS_KEY",
        "Seals the secrets of webhooks in the database: 32 bytes in URL-safe base64 (`openssl rand -base64 32 | tr +/ "
        "-_`). Several with commas between: the first one seals, all open. Empty: they are kept as they are.", "",
        check.String(validate=validate.Regexp(
            rf"^$|^{SEALING_KEY}(\s*,\s*{SEALING_KEY})*\Z", error="must be 32 bytes in URL-safe base64"
        )),
    )  # fmt: skip
    stale_windows: int = setting(
        "LOOKOUT_STALE_WINDOWS",
        "So many windows of a running scheduler without a successful execution, and others are told that it is stale.",
        3, COUNT,
    )  # fmt: skip
    max_streams: int = setting(
        "LOOKOUT_MAX_STREAMS",
        "Callers who may listen to `/v1/stream` at each HTTP process at once; of one team at most three quarters.",
        32, COUNT,
    )  # fmt: skip
    stream_heartbeat_seconds: float = setting(
        "LOOKOUT_STREAM_HEARTBEAT_SECONDS",
        "How often a stream says something where there is nothing to tell; less than proxies wait.", 15.0, SPAN,
    )  # fmt: skip
    default_role_arn: str = setting(
        "LOOKOUT_DEFAULT_ROLE_ARN", "Role given upstream for a scheduler whose request names none.",
        "arn:aws:iam::000000000000:role/lookout", FILLED,
    )  # fmt: skip

    # --- engine
    engine_account_id: str = setting(
        "LOOKOUT_ENGINE_ACCOUNT_ID", "Account in the ARNs that the engine hands out.", "000000000000",
        check.String(validate=validate.Regexp(r"^\d{12}$", error="must be 12 digits")),
    )  # fmt: skip
    engine_bucket: str = setting(
        "LOOKOUT_ENGINE_BUCKET", "Bucket of ingested data and trained models.", "lookout-engine", FILLED
    )
    engine_quotas: str = setting(
        "LOOKOUT_ENGINE_QUOTAS",
        "Quotas other than the service's, such as `models=50, label_groups=100`; docs/operations.md lists them.",
        "", check.String(validate=quotas),
    )  # fmt: skip
    training_cells_at_once: int = setting(
        "LOOKOUT_TRAINING_CELLS_AT_ONCE",
        "Rows x sensors up to which a training is one task in memory (8 bytes each, and as much again for work); more "
        "are fitted portion by portion, spread over the training workers.", 64_000_000, COUNT,
    )  # fmt: skip
    training_portion_cells: int = setting(
        "LOOKOUT_TRAINING_PORTION_CELLS", "Rows x sensors that a training has in hand at a time.", 4_000_000, COUNT
    )
    verify_signatures: bool = setting(
        "LOOKOUT_VERIFY_SIGNATURES",
        "Refuse engine requests whose signature does not match the secret of their access key.", False, SWITCH,
    )  # fmt: skip
    engine_credentials: str = setting(
        "LOOKOUT_ENGINE_CREDENTIALS",
        "More access keys of the engine, of other accounts, such as `AKIAPLANTA:its-secret:111111111111; "
        "AKIAPLANTB:another:222222222222`; empty: there is the one of AWS_ACCESS_KEY_ID.", "",
        check.String(validate=credentials),
    )  # fmt: skip
    catch_up_policy: str = setting(
        "LOOKOUT_CATCH_UP_POLICY", "Windows missed while the engine was down that are run late: `skip` (none), "
        "`latest` or `all`.", "all", check.String(validate=validate.OneOf(["skip", "latest", "all"])),
    )  # fmt: skip
    catch_up_hours: float = setting(
        "LOOKOUT_CATCH_UP_HOURS", "With the policy `all`, missed windows are run if they are younger.", 24.0, SECONDS
    )
    execution_seconds: float = setting(
        "LOOKOUT_EXECUTION_SECONDS",
        "Longest that a worker spends on one window; then the execution is FAILED, and others go on.", 240.0, SPAN,
    )  # fmt: skip
    clock_file: str = setting(
        "LOOKOUT_CLOCK_FILE",
        "For rehearsals and tests only: a file that says what time it is for the engine, such as "
        "2026-03-01T13:00:00Z. Empty: the machine's clock.", "",
    )  # fmt: skip

    # --- metrics
    metrics_token: str = setting(
        "LOOKOUT_METRICS_TOKEN",
        "What a scrape of `/metrics` has to send as `Authorization: Bearer …`; empty: nobody may.", "",
        check.String(validate=validate.Regexp(r"^$|^[!-~]{16,}$", error="must be 16 or more characters, no spaces")),
    )  # fmt: skip
    metrics_port: int = setting(
        "LOOKOUT_METRICS_PORT",
        "Port on which a process that serves no HTTP answers `/metrics`; 0: it does not. Where several run on one "
        "machine by `lookout up`, they take this one and the next three.", 0, PORT,
    )  # fmt: skip

    # --- logs
    log_level: str = setting(
        "LOOKOUT_LOG_LEVEL", "Least severe log line that is written.", "info",
        check.String(validate=validate.OneOf(["debug", "info", "warning", "error"])),
    )  # fmt: skip
    log_format: str = setting(
        "LOOKOUT_LOG_FORMAT", "`json` for machines, `console` for people.", "json",
        check.String(validate=validate.OneOf(["json", "console"])),
    )  # fmt: skip

    # --- traces; what else the OpenTelemetry SDK reads from the environment keeps its standard name and meaning
    otlp_endpoint: str = setting(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OpenTelemetry collector that traces are sent to over HTTP, such as `http://collector:4318`; empty: none are.",
        "", url("http", "https"),
    )  # fmt: skip
    otlp_headers: str = setting(
        "OTEL_EXPORTER_OTLP_HEADERS", "Headers the collector wants, such as `authorization=Basic%20…`.", ""
    )
    traces_sampler: str = setting(
        "OTEL_TRACES_SAMPLER", "Which traces are sent; those of a caller who decided already follow the caller.",
        "parentbased_always_on", FILLED,
    )  # fmt: skip
    traces_sampler_arg: str = setting(
        "OTEL_TRACES_SAMPLER_ARG", "The share, 0 to 1, for the samplers `traceidratio`, `parentbased_traceidratio`.",
        "1.0", FILLED,
    )  # fmt: skip

    @property
    def data_path(self) -> Path:
        return Path(self.data_dir).resolve()

    def environment(self) -> dict[str, str]:
        """These settings as the environment of a child process: every one is said, defaults too."""
        return {entry.metadata["name"]: _as_text(getattr(self, entry.name)) for entry in fields(self)}


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


assert all(entry.default is not MISSING for entry in fields(Settings)), "a setting without a default"
