"""schemathesis with all its checks against the live service: no failure, and no answer of 5xx."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from live_facade import Live

HERE = Path(__file__).parent / "schemathesis"
MOST_SECONDS = 280  # half a minute on a machine that does nothing else


@pytest.mark.timeout(MOST_SECONDS + 20)
def test_no_request_that_schemathesis_makes_up_finds_a_fault(live: Live, tmp_path):
    live.train("demo-pump")  # the examples of the document name it
    shutil.copy(HERE / "schemathesis.toml", tmp_path)  # it leaves what it remembers beside its configuration
    said = subprocess.run(
        [
            *(Path(sys.executable).with_name("schemathesis"), "--config-file", "schemathesis.toml"),
            *("run", f"{live.address}/openapi.json", "--header", f"Authorization: Bearer {live.key}"),
            *("--checks", "all", "--phases", "examples,coverage,fuzzing", "--max-examples", "1"),
            *("--seed", "1", "--continue-on-failure", "--warnings", "off", "--no-color"),
        ],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(HERE), "SCHEMATHESIS_HOOKS": "schemathesis_hooks"},
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
    )

    assert said.returncode == 0, said.stdout[-8_000:] + said.stderr[-2_000:]
    assert "No issues found" in said.stdout, said.stdout[-2_000:]
