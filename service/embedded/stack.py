"""The whole stack on one machine: the servers that no setting names, the tables, our own processes on top."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import gettempdir

from service.commands import commands, health_url
from service.embedded import postgres, s3, valkey
from service.embedded.account import reaches, server_account
from service.embedded.place import settled
from service.embedded.probe import answers_http, check_port, free_port
from service.embedded.program import Program
from service.embedded.supervisor import Stage
from service.migrate import migrate
from service.settings import Settings

ENGINE_DATABASE, FACADE_DATABASE = "lookout_engine", "lookout_facade"
# Nearly all of a start is imports: who answers HTTP goes first, and the workers catch up behind.
_HTTP, _WORKERS = ("engine", "facade"), ("engine-worker", "facade-worker", "engine-trainer", "tick")
_LAST_SECONDS = 4.0  # for what is written and sent after the work: logs, traces, farewells
_LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes
_OF_OTHER_CREDENTIALS = ("AWS_PROFILE", "AWS_SESSION_TOKEN")  # the embedded S3 knows one pair and nothing else
_NO_PROXY = dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost")


def completed(given: Settings) -> Settings:
    """The settings with every gap filled by what this machine is going to run: ports, URLs, credentials."""
    given = _with_ports(given)
    filled = {
        "lookoutequipment_endpoint_url": health_url(given, "engine").removesuffix("/healthz"),
        "redis_url": valkey.valkey_url(_valkey_sockets(given)),
        "engine_database_url": postgres.postgres_url(_postgres_sockets(given), ENGINE_DATABASE),
        "facade_database_url": postgres.postgres_url(_postgres_sockets(given), FACADE_DATABASE),
        "s3_endpoint_url": s3.s3_url(given.s3_port),
    }
    if not given.s3_endpoint_url:
        filled |= {"aws_access_key_id": s3.DEFAULT_KEY_ID, "aws_secret_access_key": s3.DEFAULT_SECRET}
    return replace(given, **{name: value for name, value in filled.items() if not getattr(given, name)})


def check_ports(given: Settings, *, patience: float) -> None:
    """See that every port we are to listen on is free.

    Raises:
        EmbeddedError: one is not; the message names its setting.
    """
    check_port(given.bind_host, given.facade_port, "LOOKOUT_FACADE_PORT", patience=patience)
    check_port(given.bind_host, given.engine_port, "LOOKOUT_ENGINE_PORT", patience=patience)
    if not given.s3_endpoint_url:
        check_port("127.0.0.1", given.s3_port, "LOOKOUT_S3_PORT", patience=patience)


def stack(given: Settings, full: Settings, inherited: Mapping[str, str]) -> list[Stage]:
    """What to start, in order. `given` says which servers are missing, `full` is its completion.

    `inherited` is the environment that our own processes find beside the settings (PATH, HOME, certificates, …).

    Raises:
        EmbeddedError: a server cannot be prepared.
    """
    environment = child_environment(given, full, inherited)
    ours = {
        name: Program(
            name=name,
            command=command,
            environment=environment | _metrics_port(name, full),
            ready=_ready(name, full),
            grace_seconds=full.stop_seconds + _LAST_SECONDS,
        )
        for name, command in commands(full).items()
    }
    servers = tuple(_servers(given, full))
    names = ", ".join(server.name for server in servers) or "nothing, the settings name them all"
    return [
        Stage(title=f"Starting servers: {names}", programs=servers, afterwards=partial(_make_tables, given, full)),
        Stage(title="Starting the engine and the REST facade", programs=tuple(ours[name] for name in _HTTP)),
        Stage(title="Starting their workers", programs=tuple(ours[name] for name in _WORKERS)),
    ]


def child_environment(given: Settings, full: Settings, inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment of our own processes: what we inherited, and every setting."""
    hidden = () if given.s3_endpoint_url else _OF_OTHER_CREDENTIALS
    kept = {name: value for name, value in inherited.items() if name not in hidden}
    return kept | _NO_PROXY | full.environment()


def _servers(given: Settings, full: Settings) -> Iterator[Program]:
    data = given.data_path
    if not (given.engine_database_url and given.facade_database_url):
        yield postgres.postgres_program(data / "postgres", _postgres_sockets(given))
    if not given.redis_url:
        yield valkey.valkey_program(data / "valkey", _valkey_sockets(given))
    if not given.s3_endpoint_url:
        yield s3.s3_program(
            data / "s3",
            full.s3_port,
            key_id=full.aws_access_key_id,
            secret=full.aws_secret_access_key,
            buckets=(full.engine_bucket, full.staging_bucket),
        )


def _make_tables(given: Settings, full: Settings) -> None:
    if not given.engine_database_url:
        postgres.make_database(_postgres_sockets(given), ENGINE_DATABASE)
    if not given.facade_database_url:
        postgres.make_database(_postgres_sockets(given), FACADE_DATABASE)
    migrate(full)


def _ready(name: str, full: Settings) -> Callable[[], bool]:
    url = health_url(full, name)
    return partial(answers_http, url) if url else lambda: True


def _metrics_port(name: str, full: Settings) -> dict[str, str]:
    """Processes that serve no HTTP share this machine: each is scraped at a port of its own."""
    if not full.metrics_port or name not in _WORKERS:
        return {}
    return {"LOOKOUT_METRICS_PORT": str(full.metrics_port + _WORKERS.index(name))}


def _with_ports(given: Settings) -> Settings:
    """Port 0 asks for any free port; every process has to be told the same one."""
    ports = {name: getattr(given, name) or free_port() for name in ("facade_port", "engine_port", "s3_port")}
    return replace(given, **ports)


def _postgres_sockets(given: Settings) -> Path:
    wanted = given.data_path / "run" / "postgres"
    short = len(str(wanted / postgres.SOCKET)) < _LONGEST_SOCKET_PATH
    reachable = reaches(server_account(given.data_path / "postgres"), wanted)
    return settled(wanted, suits=short and reachable, elsewhere=Path(gettempdir()))


def _valkey_sockets(given: Settings) -> Path:
    wanted = given.data_path / "run" / "valkey"
    short = len(str(wanted / valkey.SOCKET)) < _LONGEST_SOCKET_PATH
    return settled(wanted, suits=short, elsewhere=Path(gettempdir()))
