"""CORS for the origins that the settings list: pages of theirs may ask with a key of their own, never with cookies."""

from flask import Flask
from flask_cors import CORS

from service.settings import Settings

_MAY_BE_SENT = [
    "Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "Last-Event-ID", "Prefer",
    "X-Request-Id",
]  # fmt: skip
_MAY_BE_READ = [
    "Bucket-Width", "Content-Disposition", "Content-Location", "ETag", "Idempotent-Replayed", "Link", "Location",
    "Operation-Location", "Preference-Applied", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset",
    "Recorded-After", "Retry-After", "Warning", "WWW-Authenticate", "X-Request-Id",
]  # fmt: skip
_PREFLIGHT_KEPT_SECONDS = 600


def allow_origins(app: Flask, settings: Settings) -> None:
    """Let pages of the listed origins read what this service answers; without any, nobody's may."""
    origins = [origin.strip() for origin in settings.cors_origins.split(",") if origin.strip()]
    if origins:
        CORS(
            app,
            origins=origins,
            allow_headers=_MAY_BE_SENT,
            expose_headers=_MAY_BE_READ,
            methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
            supports_credentials=False,
            max_age=_PREFLIGHT_KEPT_SECONDS,
        )
