"""The receivers in docs/webhooks.md, taken from the page and run as they stand: real calls pass, forged ones do not."""

import http.client
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from service.facade.webhooks.transport import Answer

PAGE = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text()
PLAIN = re.search(r"^cat > receiver\.py <<'EOF'\n(.*?)^EOF$", PAGE, re.DOTALL | re.MULTILINE)[1]
WITH_PACKAGE = re.search(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)[1]


@dataclass
class Documented:
    """A receiver in a process of its own."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/lookout"

    def knows(self, secret: str) -> None:
        (self.folder / "webhook-secret").write_text(secret + "\n")

    def taken(self) -> list[str]:
        return (self.folder / "told").read_text().splitlines()

    def post(self, headers: dict[str, str], body: bytes) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("POST", "/lookout", body, headers)
        status = connection.getresponse().status
        connection.close()
        return status


@contextmanager
def started(program: str, folder: Path) -> Iterator[Documented]:
    (folder / "receiver.py").write_text(program)
    with (folder / "told").open("w") as told, (folder / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, "receiver.py"], cwd=folder, stdout=told, stderr=log)
        try:
            yield Documented(folder, _port(folder / "receiver-port", process))
        finally:
            process.kill()
            process.wait()


def _port(file: Path, process: subprocess.Popen) -> int:
    deadline = time.monotonic() + 20
    while not (file.exists() and file.read_text()):
        assert process.poll() is None, "the receiver ended at once"
        assert time.monotonic() < deadline, "the receiver does not say where it listens"
        time.sleep(0.02)
    return int(file.read_text())


class Overheard:
    """A transport that notes what it sends: what somebody on the line could record."""

    def __init__(self, transport: Any) -> None:
        self.transport, self.sent = transport, []

    def check(self, url: str) -> None:
        self.transport.check(url)

    def post(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        self.sent.append((dict(headers), body))
        return self.transport.post(url, headers, body)


@pytest.fixture
def resources(resources):
    return replace(resources, webhook_transport=Overheard(resources.webhook_transport))


@pytest.mark.parametrize("program", [PLAIN, WITH_PACKAGE], ids=["plain", "with-package"])
def test_a_receiver_written_from_the_docs_takes_real_calls_and_no_forged_ones(
    program, tmp_path, resources, client, register, tell, deliver, deliveries
):
    with started(program, tmp_path) as receiver:
        webhook = register(url=receiver.url)
        receiver.knows(webhook["secret"])
        first = tell("pump")
        deliver()
        new = client.post(f"/v1/webhooks/{webhook['id']}/rotate-secret").json
        second = tell("fan")
        deliver()  # it knows the old secret only
        receiver.knows(new["secret"])
        third = tell("motor")
        deliver()

        assert [delivery["status"] for delivery in deliveries(webhook)] == ["succeeded"] * 3
        told = receiver.taken()
        assert all(message in line for message, line in zip((first, second, third), told, strict=True))
        headers, body = resources.webhook_transport.sent[-1]
        assert [receiver.post(*forged) for forged in forgeries(headers, body)] == [401] * 6
        assert len(receiver.taken()) == 3


def forgeries(headers: dict[str, str], body: bytes) -> Iterator[tuple[dict[str, str], bytes]]:
    old = str(int(headers["webhook-timestamp"]) - 3600)
    yield headers, body.replace(b"motor", b"rotor")
    yield headers | {"webhook-id": "msg_other"}, body
    yield headers | {"webhook-timestamp": old}, body
    yield headers | {"webhook-signature": "v1,AAAA"}, body
    yield headers | {"webhook-signature": ""}, body
    yield {"Content-Type": "application/json"}, body
