"""Fill a virtual environment from a lock file, or make the lock files anew. Needs nothing but Python 3.11.

    python3 .ci/packages.py install .venv requirements.lock [--project]
    python3 .ci/packages.py lock

Works where Debian's python3-venv is missing. uv does the work where it can be had, in seconds; pip where it cannot.
uv does not read pip's settings (an index of one's own, certificates, a proxy), so they are handed on to it.
"""

from __future__ import annotations  # so that an old Python gets as far as our sentence

import argparse
import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UV_LOCK = "requirements-uv.lock"
LOCKS = {
    "requirements.lock": ("setup.cfg", "--extra", "embedded"),
    "requirements-dev.lock": ("setup.cfg", "--extra", "embedded", "--extra", "tracing", "--extra", "dev"),
    "requirements-server.lock": ("setup.cfg", "--extra", "tracing"),
    "requirements-sdk.lock": ("requirements-sdk.in",),
    "requirements-bench.lock": ("requirements-bench.in",),
    "requirements-detection.lock": ("requirements-detection.in",),
    "requirements-node.lock": ("requirements-node.in",),
    UV_LOCK: ("requirements-uv.in",),
}
# Every module of ours, and with it what our processes import. One that wants an extra package is left out.
IMPORT_ALL = """
import pkgutil, importlib, service, gunicorn.app.wsgiapp, celery.bin.celery
for module in pkgutil.walk_packages(service.__path__, "service."):
    try:
        importlib.import_module(module.name)
    except ImportError:
        pass
"""
# What pip calls a setting, what uv does, and what joins several values there.
PIP_TO_UV = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "no-index": ("UV_NO_INDEX", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
    "default-timeout": ("UV_HTTP_TIMEOUT", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "proxy": ("ALL_PROXY", " "),
}


def main() -> None:
    """Run one of the two commands."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    filling = commands.add_parser("install")
    filling.add_argument("environment", type=Path)
    filling.add_argument("lock", type=Path)
    filling.add_argument("--project", action="store_true", help="make `lookout` a command of the environment")
    filling.set_defaults(run=lambda said: install(said.environment.absolute(), said.lock, said.project))
    commands.add_parser("lock").set_defaults(run=lambda _: make_locks(ROOT / ".venv"))
    said = parser.parse_args()
    said.run(said)


def install(environment: Path, lock: Path, project: bool) -> None:
    """Fill the environment. What an interrupted run left is completed, or made anew where it does not work."""
    python = make_environment(environment)
    print(f"Installing {lock.name} into {environment.name}", flush=True)
    if not (fill_by_uv(python, lock) or fill_by_pip(python, lock)):
        sys.exit(f"The packages of {lock.name} could not be installed; the lines above say why.")
    if project:
        add_project(python)
        compile_once(python)


def make_environment(environment: Path) -> Path:
    """The python of an environment that works."""
    python = environment / "bin" / "python"
    if not runs(python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"):
        shutil.rmtree(environment, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    return python


def fill_by_uv(python: Path, lock: Path) -> bool:
    """Whether uv was there or could be fetched, and did it."""
    uv = find_uv(python)
    options = ("--require-hashes", "--no-build", "--python", python, "--requirement", lock)
    return bool(uv) and subprocess.run([uv, "pip", "install", *options], env=uv_environment(python)).returncode == 0


def fill_by_pip(python: Path, lock: Path) -> bool:
    """Whether pip did it."""
    options = ("--require-hashes", "--only-binary", ":all:", "--requirement", lock)
    return subprocess.run([*pip_command(python), "install", *options]).returncode == 0


def find_uv(python: Path) -> str | None:
    """The uv of this or the main environment, fetched with pip if need be, else one on PATH."""
    for uv in (python.with_name("uv"), ROOT / ".venv" / "bin" / "uv"):
        if runs(uv, "--version"):
            return str(uv)
    options = ("--quiet", "--require-hashes", "--only-binary", ":all:", "--requirement", ROOT / UV_LOCK)
    fetched = subprocess.run([*pip_command(python), "install", *options]).returncode == 0
    return str(python.with_name("uv")) if fetched else shutil.which("uv")


def pip_command(python: Path) -> list[str | Path]:
    """A pip that installs into the environment: its own, the one beside our Python, or one unpacked from Python."""
    if runs(python, "-m", "pip", "--version"):
        return [python, "-m", "pip"]
    if runs(sys.executable, "-m", "pip", "--python", python, "--version"):
        return [sys.executable, "-m", "pip", "--python", python]
    if runs(python, "-m", "ensurepip"):
        return [python, "-m", "pip"]
    sys.exit(f"{sys.executable} has neither pip nor venv: install python3-venv (or python3-pip), then run this again.")


def uv_environment(python: Path) -> dict[str, str]:
    """Our environment, and pip's settings in uv's words. What is said to uv already stays."""
    listed = subprocess.run([*pip_command(python), "config", "list"], capture_output=True, text=True).stdout
    settings: dict[str, str] = {}
    for section in ("global.", "install.", ":env:."):  # the later one counts
        for line in listed.splitlines():
            name, equals, value = line.removeprefix(section).partition("=")
            if line.startswith(section) and equals and name in PIP_TO_UV:
                variable, joint = PIP_TO_UV[name]
                settings[variable] = joint.join(str(ast.literal_eval(value)).split())
    every_index_counts = {"UV_INDEX_STRATEGY": "unsafe-best-match"}  # as with pip; the hashes decide what is let in
    return {"UV_PYTHON_DOWNLOADS": "never"} | every_index_counts | settings | os.environ


def add_project(python: Path) -> None:
    """Make the source tree importable and `lookout` a command: an editable installation without a build."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    libraries = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    Path(libraries, "lookout-for-machines.pth").write_text(f"{ROOT}\n")
    command = python.with_name("lookout")
    command.write_text(f"#!/bin/sh\nexec '{python}' -m service.cli \"$@\"\n")
    command.chmod(0o755)


def compile_once(python: Path) -> None:
    """Compile what our processes import. A dozen of them start together and each would do it for itself; and at every
    start where PYTHONDONTWRITEBYTECODE is set, as it is in many containers. A read-only tree is no error."""
    print("Compiling what our processes import", flush=True)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([python, "-c", IMPORT_ALL], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)


def make_locks(environment: Path) -> None:
    """Resolve every lock file to the newest versions that fit."""
    python = make_environment(environment)
    uv = find_uv(python) or sys.exit("uv could not be installed: it makes the lock files.")
    for lock, inputs in LOCKS.items():
        options = ("--universal", "--python-version", "3.11", "--generate-hashes", "--upgrade", "--quiet")
        command = [uv, "pip", "compile", *inputs, *options, "--no-emit-index-url", "--no-header", "-o", lock]
        subprocess.run(command, env=uv_environment(python), cwd=ROOT, check=True)


def runs(*command: str | Path) -> bool:
    """Whether the command is there and succeeds."""
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    if sys.version_info < (3, 11):
        sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0])
    main()
