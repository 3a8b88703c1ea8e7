"""Without authentication nothing starts where others can connect."""

import subprocess
import sys

import pytest

from service.cli import main


@pytest.mark.parametrize("command", [["up"], ["demo"], ["run", "facade"], ["run", "facade-worker"]], ids=" ".join)
def test_authentication_off_beyond_loopback_refuses_to_start(monkeypatch, capsys, command, tmp_path):
    monkeypatch.setenv("LOOKOUT_AUTH", "off")
    monkeypatch.setenv("LOOKOUT_BIND_HOST", "0.0.0.0")
    monkeypatch.setenv("LOOKOUT_DATA_DIR", str(tmp_path))

    assert main(command) == 1

    said = capsys.readouterr().err
    assert "LOOKOUT_AUTH = 'off': only where nobody else can connect" in said
    assert "LOOKOUT_BIND_HOST = '0.0.0.0'" in said
    assert list(tmp_path.iterdir()) == []


def test_gunicorn_itself_refuses_too(monkeypatch):
    monkeypatch.setenv("LOOKOUT_AUTH", "off")
    monkeypatch.setenv("LOOKOUT_BIND_HOST", "0.0.0.0")
    command = [sys.executable, "-m", "gunicorn", "--config", "python:service.http_server", "--check-config", "x:y"]
    said = subprocess.run(command, capture_output=True, text=True)

    assert said.returncode != 0
    assert "LOOKOUT_AUTH = 'off'" in said.stderr
