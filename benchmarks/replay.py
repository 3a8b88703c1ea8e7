"""A day of windows through a replay, beside windows of the same day as scheduled executions.

    python benchmarks/replay.py

All score three components with twenty sensors out of the same files and write results. An execution lists and reads
the files around its window; in a worker that has run for a while most are parsed already, in a new one none is. A
replay lists the files of a day at once, too. Executions take long: only some of each part are run.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from support.machine import START, WINDOW, Machine, machine
from support.rounds import Measure, in_turn, per_second, print_rates
from support.servers import servers

from service.engine.scheduling.windows import Window, windows_between
from service.engine.store import due, schedulers
from service.engine.store.due import Step
from service.engine.store.schedulers import Scheduler
from service.engine.store.scope import Scope
from service.engine.work.inference import window_runs
from service.engine.work.inference.executions import run_execution
from service.engine.work.inference.file_rows import ParsedFiles
from service.engine.work.inference.replays import run_replay
from service.engine.work.schedules import schedule_of

ROUNDS, WINDOWS, EXECUTIONS = 4, 72, 9  # four parts make a day of five-minute windows
APART, WARM, REPLAY = "executions that share nothing", "executions in one worker", "a replay"


def main() -> None:
    with servers() as settings, machine(settings) as pump:
        pump.put_input(START, ROUNDS * WINDOWS)
        sides = {
            APART: _part_after_part(pump, "apart", EXECUTIONS, partial(_execute, files=ParsedFiles(bound=0))),
            WARM: _part_after_part(pump, "warm", EXECUTIONS, partial(_execute, files=ParsedFiles())),
            REPLAY: _part_after_part(pump, "replayed", WINDOWS, _replay),
        }
        measured = in_turn(sides, ROUNDS)
    print_rates(f"Windows of a day, in {ROUNDS} parts", "windows", measured, peer=APART)


def _part_after_part(
    pump: Machine, name: str, count: int, work: Callable[[Machine, str, Sequence[Window]], None]
) -> Measure:
    """The work on `count` windows of a part of the day, at each call of the next part. The first window is run before
    the clock starts: it reads what the windows before it would have left in a worker."""
    pump.scheduler(name)
    starts = iter([START + number * WINDOWS * WINDOW for number in range(ROUNDS)])

    def measure() -> float:
        start = next(starts)
        windows = windows_between(start, start + count * WINDOW, WINDOW)
        work(pump, name, windows[:1])
        rate = per_second(lambda: work(pump, name, windows[1:]), count - 1)
        _check(pump, name, windows)
        return rate

    return measure


def _replay(pump: Machine, name: str, windows: Sequence[Window]) -> None:
    start, end = windows[0].data_start_time, windows[-1].data_end_time
    begun = pump.lookout.start_inference_replay(InferenceSchedulerName=name, StartTime=start, EndTime=end)
    run_replay(pump.engine, begun["ReplayId"], slice_seconds=600)


def _execute(pump: Machine, name: str, windows: Sequence[Window], *, files: ParsedFiles) -> None:
    """Run each window as the tick and a worker would, one whose parsed files are `files`."""
    kept, window_runs.PARSED_FILES = window_runs.PARSED_FILES, files
    with pump.engine.database.begin() as connection:
        scope = Scope(pump.settings.engine_account_id, pump.settings.aws_region)
        scheduler = schedulers.find(connection, scope, name)
    for window in windows:
        run_execution(pump.engine, _fallen_due(pump, scheduler, window))
    window_runs.PARSED_FILES = kept


def _fallen_due(pump: Machine, scheduler: Scheduler, window: Window) -> int:
    """What the tick adds when a window falls due."""
    with pump.engine.database.begin() as connection:
        wakes = {window: schedule_of(scheduler).wakes_at(window)}
        step = Step(actual="RUNNING", next_wake_at=None, windows=wakes)
        return due.add_executions(connection, [(scheduler, step)], pump.engine.clock())[0]


def _check(pump: Machine, name: str, windows: Sequence[Window]) -> None:
    """A window that fails fast must not be taken for a fast one."""
    margin = timedelta(seconds=1)  # the bounds are strict
    found = pump.lookout.list_inference_executions(
        InferenceSchedulerName=name,
        Status="SUCCESS",
        DataStartTimeAfter=windows[0].data_start_time - margin,
        DataEndTimeBefore=windows[-1].data_end_time + margin,
        MaxResults=500,
    )["InferenceExecutionSummaries"]
    assert len(found) == len(windows), f"only {len(found)} of {len(windows)} windows succeeded"


if __name__ == "__main__":
    main()
