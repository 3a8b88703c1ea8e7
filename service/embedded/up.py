"""`lookout up`: check first, then start everything, then serve until told to end."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from service.commands import health_url
from service.embedded.lock import sole_user_of
from service.embedded.program import EmbeddedError, Program
from service.embedded.stack import check_ports, child_environment, completed, stack
from service.embedded.supervisor import Stage, supervise
from service.settings import Settings

_ENDING_SECONDS = 5.0  # what the programs of a start that was killed may take to end


def up(given: Settings, inherited: Mapping[str, str], tell: Callable[[str], None], *, lead: Sequence[str] = ()) -> None:
    """Run the stack in the foreground and tell how far it is.

    With a command in `lead` that one is started last, as the process the user watches: only its lines are shown.

    Raises:
        EmbeddedError: something on this machine is in the way; nothing is running then.
    """
    try:
        _up(given, inherited, tell, lead)
    except PermissionError as error:
        raise EmbeddedError(
            f"{error.filename} belongs to somebody else: make it yours, or choose another folder with LOOKOUT_DATA_DIR"
        ) from error


def _up(given: Settings, inherited: Mapping[str, str], tell: Callable[[str], None], lead: Sequence[str]) -> None:
    with sole_user_of(given.data_path) as killed_before:
        check_ports(given, patience=_ENDING_SECONDS if killed_before else 0.0)
        full = completed(given)
        stages = stack(given, full, inherited)
        if (home := given.data_path / "postgres").is_symlink():
            tell(f"PostgreSQL's data are in {home.resolve()}: the account that root runs it under cannot reach {home}")
        if lead:
            environment = child_environment(given, full, inherited)
            program = Program(name="demo", command=tuple(lead), environment=environment, leading=True)
            stages.append(Stage(title="Everything runs.", programs=(program,)))
        else:
            stages[-1] = replace(stages[-1], afterwards=partial(tell, _ready(full)))
        asyncio.run(supervise(stages, given.data_path / "log", shown=not lead, tell=tell))


def _ready(full: Settings) -> str:
    address = health_url(full, "facade").removesuffix("/healthz")
    return f"ready: {address}/portal, REST at {address}/v1, described at {address}/docs (Ctrl-C ends everything)"
