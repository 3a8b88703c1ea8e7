"""The demo's API key: made on the command line as anybody makes one, and kept beside the data for the next demo."""

import os
import subprocess
import sys
from pathlib import Path

from service.demo.rest import DemoError, Rest
from service.settings import Settings

FILE = "demo-key"
_DAYS = 90
_UNAUTHORIZED = 401


def demo_key(settings: Settings, address: str) -> str:
    """A key of the default team that may do everything, for the API at `address`; empty where authentication is off.

    The one that an earlier demo kept, or a new one where that is gone, expired or revoked.

    Raises:
        DemoError: none can be made.
    """
    if settings.auth == "off":
        return ""
    file = settings.data_path / FILE
    kept = file.read_text(encoding="ascii").strip() if file.exists() else ""
    if kept and _opens(address, kept):
        return kept
    key = _made(settings)
    _keep(file, key)
    return key


def _opens(address: str, key: str) -> bool:
    try:
        Rest(address, key).get("/v1/schedulers?limit=1")
    except DemoError as error:
        if error.status == _UNAUTHORIZED:
            return False
        raise
    return True


def _made(settings: Settings) -> str:
    wanted = ("--team", settings.default_team, "--scopes", "admin", "--name", "demo", "--expires-in", str(_DAYS))
    command = (sys.executable, "-m", "service.cli", "keys", "create", *wanted)
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    if said.returncode:
        raise DemoError(f"no API key could be made: {said.stderr.strip()}")
    return said.stdout.strip()


def _keep(file: Path, key: str) -> None:
    """For its owner alone."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "w", encoding="ascii") as opened:
        os.fchmod(handle, 0o600)
        opened.write(key + "\n")
