"""Small stacks for the supervisor's tests: `python supervised_stacks.py FOLDER STACK` supervises one of them.

Each program notes its process id in FOLDER/<name>.pids when it is up.
"""

import asyncio
import os
import sys
from pathlib import Path

from service.embedded import supervisor
from service.embedded.program import EmbeddedError, Program
from service.embedded.supervisor import Stage, supervise

FOLDER = Path(sys.argv[1])
NOTE = """
import os, signal, sys, time
def note(name):
    with open(f"{folder}/{name}.pids", "a") as file:
        file.write(f"{os.getpid()}\\n")
"""


def python(name: str, code: str, **more) -> Program:
    code = f"folder = {str(FOLDER)!r}\nname = {name!r}\n{NOTE}\n{code}"
    return Program(
        name=name, command=(sys.executable, "-u", "-c", code), environment=dict(os.environ), grace_seconds=1.0, **more
    )


def patient(name: str) -> Program:
    return python(name, "note(name); time.sleep(600)", ready=(FOLDER / f"{name}.pids").exists)


def talkative(name: str) -> Program:
    return python(name, "signal.signal(15, lambda *_: (print('ending'), sys.exit())); note(name); time.sleep(600)")


STUBBORN = "signal.signal(15, signal.SIG_IGN); os.fork(); note(name); time.sleep(600)"
STACKS = {
    "three": [
        Stage(title="", programs=(patient("a"), patient("b")), afterwards=lambda: (FOLDER / "step").write_text("done")),
        Stage(title="", programs=(patient("c"),)),
    ],
    "talkative": [Stage(title="", programs=(talkative("first"),)), Stage(title="", programs=(talkative("second"),))],
    "dying": [Stage(title="", programs=(patient("a"), python("b", "sys.exit('no luck')")))],
    "stubborn": [Stage(title="", programs=(python("a", STUBBORN),))],
    "led": [
        Stage(title="", programs=(patient("a"),), afterwards=lambda: print("a is up", flush=True)),
        Stage(title="", programs=(python("lead", "note(name); print(1 + 1)", leading=True),)),
    ],
}

if __name__ == "__main__":
    supervisor.QUICK_DEATHS = 3  # the same, only sooner
    try:
        asyncio.run(supervise(STACKS[sys.argv[2]], FOLDER / "log", shown=sys.argv[2] == "talkative"))
    except EmbeddedError as error:
        sys.exit(f"gave up: {error}")
