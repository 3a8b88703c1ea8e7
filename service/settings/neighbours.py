"""Settings: the neighbours that both houses reach, and where this machine keeps things and listens."""

from dataclasses import dataclass

from service.settings.kinds import COUNT, FILLED, PORT, SPAN, setting, url


@dataclass(frozen=True, kw_only=True)
class NeighbourSettings:
    """Each empty one is started from a wheel by `lookout up`."""

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
