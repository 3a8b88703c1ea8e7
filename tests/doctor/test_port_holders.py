"""Who has a port, as the doctor says it to whoever reads over a shoulder, or in a ticket."""

import subprocess
import sys

from service.doctor.ports import holder_of

_LISTEN = "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); s.accept()"


def test_a_program_is_named_without_arguments_that_may_be_passwords():
    command = (sys.executable, "-c", _LISTEN, "--password=hunter2")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as listening:
        try:
            said = holder_of(int(listening.stdout.readline()))
        finally:
            listening.kill()
    assert said == f"process {listening.pid} ({sys.executable})"
