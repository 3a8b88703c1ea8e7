"""Start programs stage by stage, keep them running, end them in reverse order. Nothing outlives it."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from logging import Logger
from pathlib import Path
from subprocess import PIPE, STDOUT

from service.embedded.output import program_log
from service.embedded.program import EmbeddedError, Program, last_words, popen_options

READY_SECONDS = 60.0
QUICK_SECONDS = 10.0  # a program that ends sooner than this after its start has died quickly
QUICK_DEATHS = 5
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Programs that start together, and what is done when all of them are ready."""

    title: str
    programs: tuple[Program, ...]
    afterwards: Callable[[], None] = lambda: None


async def supervise(
    stages: Sequence[Stage], logs: Path, *, shown: bool = True, tell: Callable[[str], None] = lambda title: None
) -> None:
    """Run all of it until a signal says to end, or the leading program has ended.

    What the programs say goes to files in the folder `logs` and, where `shown`, to the console. The title of each
    stage is told when it begins.

    Raises:
        EmbeddedError: a program gave up, or was not ready in time. Everything has been ended then, too.
    """
    told_to_end = _told_by_a_signal()
    kept: list[list[asyncio.Task]] = []
    starting = asyncio.create_task(_start(stages, kept, logs, shown, tell))
    try:
        await _first_of(starting, told_to_end.wait())
        if not told_to_end.is_set():
            await _first_of(*(task for stage in kept for task in stage), told_to_end.wait())
    finally:
        await _end([starting])
        for stage in reversed(kept):
            await _end(stage)


async def _start(
    stages: Sequence[Stage], kept: list[list[asyncio.Task]], logs: Path, shown: bool, tell: Callable[[str], None]
) -> None:
    for stage in stages:
        tell(stage.title)
        tasks = [asyncio.create_task(_keep(program, logs / f"{program.name}.log", shown)) for program in stage.programs]
        kept.append(tasks)
        await asyncio.gather(*map(_until_ready, stage.programs, tasks))
        await asyncio.to_thread(stage.afterwards)


async def _until_ready(program: Program, task: asyncio.Task) -> None:
    deadline = _now() + READY_SECONDS
    while not await asyncio.to_thread(program.ready):
        if task.done():
            task.result()
        if _now() > deadline:
            raise EmbeddedError(f"{program.name} is not ready after {READY_SECONDS:.0f} s: see its log")
        await asyncio.sleep(0.05)


async def _keep(program: Program, file: Path, shown: bool) -> None:
    """Run the program again and again, waiting a little longer each time it dies quickly."""
    log = program_log(file, shown=shown or program.leading, prefixed=not program.leading)
    quick_deaths = 0
    while True:
        began = _now()
        code = await _run(program, log)
        if program.leading:
            return _judge(program, code, file)
        quick_deaths = quick_deaths + 1 if _now() - began < QUICK_SECONDS else 1
        if quick_deaths == QUICK_DEATHS:
            raise EmbeddedError(f"{program.name} ended with code {code}; its last words in {file}: {last_words(file)}")
        log.warning("ended with code %s; starting it again", code)
        await asyncio.sleep(0.25 * 2**quick_deaths)


def _judge(program: Program, code: int, file: Path) -> None:
    """The user has seen why a leading program failed; what the others said is in the files beside its own."""
    if code:
        raise EmbeddedError(f"{program.name} ended with code {code}; what all programs said is in {file.parent}")


async def _run(program: Program, log: Logger) -> int:
    process = await asyncio.create_subprocess_exec(
        *program.command, stdout=PIPE, stderr=STDOUT, **popen_options(program)
    )
    reading = asyncio.create_task(_pass_on(process.stdout, log))
    try:
        return await process.wait()
    finally:
        await _stop(process, program)
        await asyncio.wait([reading], timeout=1)
        reading.cancel()


async def _stop(process: asyncio.subprocess.Process, program: Program) -> None:
    """Ask, wait, then make it so; what the program left of its process group goes as well."""
    with suppress(ProcessLookupError, TimeoutError):
        process.send_signal(program.stop_signal)
        await asyncio.wait_for(process.wait(), program.grace_seconds)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


async def _pass_on(stream: asyncio.StreamReader, log: Logger) -> None:
    rest = b""
    while chunk := await stream.read(65536):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            log.info("%s", line.decode(errors="replace"))
    if rest:
        log.info("%s", rest.decode(errors="replace"))


def _told_by_a_signal() -> asyncio.Event:
    told = asyncio.Event()
    for number in SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup asked for that
            asyncio.get_running_loop().add_signal_handler(number, told.set)
    return told


async def _first_of(*awaitables: Awaitable) -> None:
    """Wait for the first to be done; what it raised is raised here. The last one is not waited for any longer."""
    tasks = [asyncio.ensure_future(one) for one in awaitables]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    tasks[-1].cancel()
    for task in done:
        task.result()


async def _end(tasks: Sequence[asyncio.Task]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _now() -> float:
    return asyncio.get_running_loop().time()
