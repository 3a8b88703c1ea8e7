"""Settings of the facade."""

from dataclasses import dataclass

from marshmallow import fields as check
from marshmallow import validate

from service.settings.kinds import (
    COUNT,
    FILLED,
    FRAMING,
    HOPS,
    ORIGIN,
    SEALING_KEY,
    SECONDS,
    SPAN,
    TRUSTED,
    networks,
    places,
    rates,
    setting,
    url,
)
from service.teams import TEAM


@dataclass(frozen=True, kw_only=True)
class FacadeSettings:
    """What only the facade reads."""

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
