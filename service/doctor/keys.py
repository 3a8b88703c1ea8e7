"""Who may come in: keys, and what the settings say about access."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from service.doctor.databases import connect
from service.doctor.findings import Finding, View, ok, shown, warning
from service.settings import Settings, is_loopback

_VALID = "SELECT count(*) FROM api_keys WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())"


def look_at_keys(view: View) -> Iterator[Finding]:
    """Whether there is a key that opens something."""
    settings = view.settings
    if settings.auth == "off":
        yield warning(
            "Nobody needs a key: every program of this machine may do everything.", "Leave LOOKOUT_AUTH out, or `on`."
        )
        return
    with connect(settings.facade_database_url) as connection:
        (valid,) = connection.execute(_VALID).fetchone() or (0,)
    if valid:
        yield ok(f"Valid API keys: {valid}.")
    elif settings.oidc_issuer:
        yield ok("No API key is valid; tokens of the identity provider are.")
    else:
        yield warning("There is no valid API key yet, so nobody can come in.", "lookout keys create --team default")


def look_at_addresses(view: View) -> Iterator[Finding]:
    """Settings that are allowed one by one, and together rarely what was meant."""
    odd = [*_in_the_clear(view.settings), *_unreachable_s3(view.settings)]
    yield from odd or [ok("Nothing odd about addresses.")]


def _in_the_clear(settings: Settings) -> Iterator[Finding]:
    origins = [origin.strip() for origin in settings.cors_origins.split(",")]
    if plain := [origin for origin in origins if _is_in_the_clear(origin)]:
        yield warning(
            f"Pages of {', '.join(plain)} may call the service, and come over http: whoever is on the way reads keys.",
            "Serve them over https, and name that in LOOKOUT_CORS_ORIGINS.",
        )
    if _is_in_the_clear(settings.public_url):
        yield warning(
            f"Browsers reach the service at {settings.public_url}: whoever is on the way reads keys and passwords.",
            "Put it behind a proxy that speaks TLS, and name that in LOOKOUT_PUBLIC_URL.",
        )


def _unreachable_s3(settings: Settings) -> Iterator[Finding]:
    s3 = shown(settings.s3_public_endpoint_url or settings.s3_endpoint_url)
    if s3 and not is_loopback(settings.bind_host) and is_loopback(urlsplit(s3).hostname or ""):
        yield warning(
            f"Callers of other machines are told to put large files at {s3}, which is their own machine.",
            "Name S3 as callers reach it with LOOKOUT_S3_PUBLIC_ENDPOINT_URL.",
        )


def _is_in_the_clear(origin: str) -> bool:
    parts = urlsplit(origin)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")
