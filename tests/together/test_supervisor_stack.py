"""`lookout up` as a user meets it: the whole stack with real servers, signalled, killed and started again."""

import signal
import socket
import time
from pathlib import Path

import pytest
from running_lookout import PATIENCE, eventually, processes_of


@pytest.mark.timeout(240)
def test_the_stack_survives_a_kill_without_orphans_starts_again_and_ends_cleanly(start, environment):
    first = start().until_ready()
    assert first.get("/v1/schedulers") == {"schedulers": [], "next": None}
    assert len(processes_of(environment)) > 9
    first.end(signal.SIGKILL)
    eventually(lambda: not processes_of(environment))

    second = start().until_ready()
    began = time.monotonic()
    second.end(signal.SIGTERM)
    assert second.process.returncode == 0
    assert time.monotonic() - began < 15
    assert not processes_of(environment)


def test_a_second_supervisor_on_the_same_folder_is_refused_in_one_sentence(start, environment):
    first = start()
    eventually(lambda: (Path(environment["LOOKOUT_DATA_DIR"]) / "lock").exists())
    eventually(lambda: (Path(environment["LOOKOUT_DATA_DIR"]) / "lock").read_text() != "")
    second = start()
    assert second.process.wait(PATIENCE) == 1
    said = second.process.stdout.read()
    assert f"another `lookout` (process {first.process.pid}) runs on {environment['LOOKOUT_DATA_DIR']}" in said
    assert said.count("\n") == 1


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
