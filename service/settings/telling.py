"""Settings of what operators are told."""

from dataclasses import dataclass

from marshmallow import fields as check
from marshmallow import validate

from service.settings.kinds import FILLED, PORT, setting, url


@dataclass(frozen=True, kw_only=True)
class TellingSettings:
    """Metrics, logs and traces."""

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
