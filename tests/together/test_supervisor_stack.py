"""`lookout up` as a user meets it: the whole stack with real servers, signalled, and refused where it cannot run.

Killed and started again it is with the demo: see `running_demo.py`.
"""

import signal
import socket
import time
from pathlib import Path

import pytest
from running_lookout import PATIENCE, processes_of


def test_a_stack_refuses_a_second_supervisor_in_one_sentence_and_ends_cleanly(start, environment):
    first = start().until_ready()
    assert first.get("/v1/schedulers") == {"schedulers": [], "next": None}

    second = start()
    assert second.process.wait(PATIENCE) == 1
    said = second.process.stdout.read()
    assert f"another `lookout` (process {first.process.pid}) runs on {environment['LOOKOUT_DATA_DIR']}" in said
    assert said.count("\n") == 1

    assert len(processes_of(environment)) > 9
    began = time.monotonic()
    first.end(signal.SIGTERM)
    assert first.process.returncode == 0
    assert time.monotonic() - began < 15
    assert not processes_of(environment)


@pytest.mark.parametrize("name", ["LOOKOUT_FACADE_PORT", "LOOKOUT_ENGINE_PORT", "LOOKOUT_S3_PORT"])
def test_a_taken_port_is_named_with_its_setting_before_anything_is_started(start, environment, name):
    with socket.create_server(("127.0.0.1", int(environment[name]))):
        one = start()
        assert one.process.wait(PATIENCE) == 1
    assert one.process.stdout.read() == (
        f"cannot listen on 127.0.0.1:{environment[name]}: another program has this port; choose another with {name}\n"
    )
    assert not (Path(environment["LOOKOUT_DATA_DIR"]) / "postgres").exists()


def test_a_folder_that_cannot_be_written_is_named(start, environment, tmp_path):
    (tmp_path / "file").touch()
    environment["LOOKOUT_DATA_DIR"] = str(tmp_path / "file" / "var")
    one = start()
    assert one.process.wait(PATIENCE) == 1
    said = one.process.stdout.read()
    assert said.startswith(f"cannot write in {environment['LOOKOUT_DATA_DIR']} (Not a directory)")
    assert said.count("\n") == 1
