"""The whole service on private servers: each piece can be taken away alone, and each line to a server can be cut.

The facade and its worker reach Redis, their database, S3 and the engine over lines; the engine's processes go straight.
Facade and engine have a PostgreSQL each, so that one can go without the other.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from service.commands import commands, health_url
from service.embedded.postgres import SOCKET, make_database, postgres_program, postgres_url
from service.embedded.probe import answers_http, free_port
from service.embedded.program import Program
from service.embedded.s3 import DEFAULT_KEY_ID, DEFAULT_SECRET, s3_program, s3_url
from service.embedded.valkey import SOCKET as VALKEY_SOCKET
from service.embedded.valkey import valkey_program, valkey_url
from service.facade.domain.access import SCOPES
from service.facade.store.database import connect
from service.facade.usecases.keys import NewKey, create_key
from service.migrate import migrate
from service.settings import Settings
from support.chaos.issuer import AUDIENCE, Issuer, new_issuer
from support.chaos.lines import Line, line
from support.chaos.neighbours import Neighbour

REDIS, DATABASE, S3, ENGINE_DATABASE, ISSUER = "redis", "database", "s3", "engine-database", "issuer"
SERVERS = (REDIS, DATABASE, S3, ENGINE_DATABASE, ISSUER)
OURS = ("engine", "facade", "engine-worker", "engine-trainer", "tick", "facade-worker")
BUCKETS = ("plant", "lookout-engine", "lookout-staging")
_POSTGRES_SOCKET = SOCKET.removesuffix(".lock")


@dataclass(frozen=True)
class Stack:
    """`settings` are those of the facade; `neighbours` are all programs, and `lines` the lines out of the facade, both
    by name."""

    settings: Settings
    straight: Settings  # past the lines
    neighbours: dict[str, Neighbour]
    lines: dict[str, Line]
    issuer: Issuer

    def __getitem__(self, name: str) -> Neighbour:
        return self.neighbours[name]

    def new_key(self, team: str = "default") -> dict[str, str]:
        """The header that a caller of this team sends; it may do everything."""
        wanted = NewKey(team=team, scopes=SCOPES, name="chaos", lifetime=None)
        with closing(connect(self.straight.facade_database_url, connections=1)) as database:
            _, text = create_key(database, wanted, "chaos", datetime.now(UTC))
        return {"Authorization": f"Bearer {text}"}

    def mend(self) -> None:
        """Have everything there again, whatever was done to it."""
        for between in self.lines.values():
            between.mend()
        for neighbour in self.neighbours.values():
            if neighbour.runs:
                neighbour.thaw()
            if neighbour.runs and not neighbour.has_room:
                neighbour.kill()
        gone = [neighbour for neighbour in self.neighbours.values() if not neighbour.runs]
        for neighbour in gone:
            neighbour.start()
        for neighbour in gone:
            neighbour.wait_until_ready()


@contextmanager
def whole_stack(**changed: object) -> Iterator[Stack]:
    """Everything started, with some settings changed; ended with the block."""
    with TemporaryDirectory(prefix="lookout-chaos-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o711)
        straight = _settings(folder, **changed)
        lines = {name: stack.enter_context(line(*ends)) for name, ends in _ends(folder, straight).items()}
        issuer, issuing = new_issuer(folder / ISSUER, free_port())
        settings = replace(straight, oidc_issuer=issuer.url, oidc_audience=AUDIENCE, **_over_lines(folder, lines))
        neighbours = _servers(folder, straight, issuing) | _ours(folder, straight, settings)
        stack.callback(_stop, neighbours)
        _start(neighbours, SERVERS)
        _make_tables(folder, straight)
        _start(neighbours, OURS)
        yield Stack(settings, straight, neighbours, lines, issuer)


def _start(neighbours: dict[str, Neighbour], names: tuple[str, ...]) -> None:
    for name in names:
        neighbours[name].start()
    for name in names:
        neighbours[name].wait_until_ready()


def _stop(neighbours: dict[str, Neighbour]) -> None:
    """Our own processes first, all at once, then the servers they need."""
    for names in (OURS, SERVERS):
        for name in names:
            if neighbours[name].runs:
                neighbours[name].thaw()
                neighbours[name].process.terminate()
        for name in names:
            neighbours[name].stop()


def _settings(folder: Path, **changed: object) -> Settings:
    engine_port, s3_port = free_port(), free_port()
    chosen = Settings(
        redis_url=valkey_url(_sockets(folder, REDIS)),
        engine_database_url=postgres_url(_sockets(folder, ENGINE_DATABASE), "engine"),
        facade_database_url=postgres_url(_sockets(folder, DATABASE), "facade"),
        s3_endpoint_url=s3_url(s3_port),
        lookoutequipment_endpoint_url=f"http://127.0.0.1:{engine_port}",
        aws_access_key_id=DEFAULT_KEY_ID,
        aws_secret_access_key=DEFAULT_SECRET,
        data_dir=str(folder),
        facade_port=free_port(),
        engine_port=engine_port,
        s3_port=s3_port,
    )
    return replace(chosen, **changed)


def _ends(folder: Path, straight: Settings) -> dict[str, tuple]:
    """Where each line listens, and where it leads."""
    near = _sockets(folder, "line")
    return {
        REDIS: (str(near / VALKEY_SOCKET), str(_sockets(folder, REDIS) / VALKEY_SOCKET)),
        DATABASE: (str(near / _POSTGRES_SOCKET), str(_sockets(folder, DATABASE) / _POSTGRES_SOCKET)),
        S3: (("127.0.0.1", free_port()), ("127.0.0.1", straight.s3_port)),
        "engine": (("127.0.0.1", free_port()), ("127.0.0.1", straight.engine_port)),
    }


def _over_lines(folder: Path, lines: dict[str, Line]) -> dict[str, str]:
    return {
        "redis_url": valkey_url(_sockets(folder, "line")),
        "facade_database_url": postgres_url(_sockets(folder, "line"), "facade"),
        "s3_endpoint_url": s3_url(lines[S3].here[1]),
        "lookoutequipment_endpoint_url": f"http://127.0.0.1:{lines['engine'].here[1]}",
    }


def _servers(folder: Path, straight: Settings, issuing: Program) -> dict[str, Neighbour]:
    programs = {
        REDIS: valkey_program(folder / "valkey", _sockets(folder, REDIS)),
        S3: s3_program(folder / "s3", straight.s3_port, buckets=BUCKETS),
        ISSUER: issuing,
    }
    for name in (DATABASE, ENGINE_DATABASE):
        programs[name] = postgres_program(folder / f"data-{name}", _sockets(folder, name), elsewhere=folder)
    return {name: Neighbour(replace(program, name=name), folder / f"{name}.log") for name, program in programs.items()}


def _make_tables(folder: Path, straight: Settings) -> None:
    make_database(_sockets(folder, ENGINE_DATABASE), "engine")
    make_database(_sockets(folder, DATABASE), "facade")
    migrate(straight)


def _ours(folder: Path, straight: Settings, settings: Settings) -> dict[str, Neighbour]:
    found = {}
    for name in OURS:
        own = settings if name.startswith("facade") else straight
        environment = {"PATH": os.defpath, "HOME": str(folder), **own.environment()}
        program = Program(name=name, command=commands(own)[name], environment=environment, ready=_ready(name, own))
        found[name] = Neighbour(program, folder / f"{name}.log", "ready." if "worker" in name else "")
    return found


def _ready(name: str, settings: Settings):
    url = health_url(settings, name)
    return partial(answers_http, url) if url else lambda: True


def _sockets(folder: Path, name: str) -> Path:
    place = folder / f"run-{name}"
    place.mkdir(exist_ok=True)
    return place
