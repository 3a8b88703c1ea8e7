"""Processes that only send or tick start fast and stay small: they do not load what scoring needs."""

import subprocess
import sys

HEAVY = ("pandas", "pyarrow", "numpy")
MODULES = ("service.engine.app", "service.engine.operations", "service.engine.queue", "service.engine.work.tick")
LOADS = f"""
import importlib, sys
for module in {MODULES!r}:
    importlib.import_module(module)
    print(module, [name for name in {HEAVY!r} if name in sys.modules])
"""


def test_a_process_without_work_loads_no_tables_of_numbers():
    """One process loads all of them: what is not there in the end was loaded by none."""
    answer = subprocess.run([sys.executable, "-c", LOADS], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines() == [f"{module} []" for module in MODULES]
