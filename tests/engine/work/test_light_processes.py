"""Processes that only send or tick start fast and stay small: they do not load what scoring needs."""

import subprocess
import sys

import pytest

HEAVY = ("pandas", "pyarrow", "numpy")


@pytest.mark.parametrize(
    "module", ["service.engine.app", "service.engine.operations", "service.engine.queue", "service.engine.work.tick"]
)
def test_a_process_without_work_loads_no_tables_of_numbers(module):
    asked = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
