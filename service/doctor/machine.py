"""This machine: what runs on it, room on its disk, its clock."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from service.doctor.databases import connect
from service.doctor.findings import Finding, View, failed, ok, warning
from service.embedded.running import runs_on

LEAST_BYTES, FEW_BYTES = 100 * 1024**2, 1024**3
SKEW_SECONDS = 5.0
_PROBE_BYTES = 64 * 1024
_SERVERS = ("redis_url", "facade_database_url", "s3_endpoint_url")


def look_at_stack(view: View) -> Iterator[Finding]:
    """Where no setting names a server, `lookout up` or `lookout demo` has to run here."""
    data = view.given.data_path
    if not _keeps_data(view):
        yield ok("The settings name every server.")
    elif runs_on(data) or any(getattr(view.given, name) for name in _SERVERS):
        yield ok(f"What the settings do not name runs on {data}.")
    else:
        mend = "lookout up, or lookout demo; or name the servers: `lookout settings` says how."
        yield failed(f"No setting names a server, and nothing runs on {data}.", mend)


def look_at_disk(view: View) -> Iterator[Finding]:
    """The folder of the embedded servers."""
    data = view.given.data_path
    if not _keeps_data(view):
        yield ok("Nothing is kept on this machine.")
        return
    try:
        _write(data)
        free = shutil.disk_usage(data).free
    except OSError as error:
        mend = "Make it yours and give it room, or choose another folder with LOOKOUT_DATA_DIR."
        yield failed(f"{data} cannot be written to: {error.strerror}.", mend)
        return
    if free < FEW_BYTES:
        detail, mend = f"{data} has {free / 1024**2:.0f} MiB left.", "Give it room."
        yield failed(detail, mend) if free < LEAST_BYTES else warning(detail, mend)
    else:
        yield ok(f"{data} has {free / 1024**3:.0f} GiB left.")


def look_at_clock(view: View) -> Iterator[Finding]:
    """Our clock beside PostgreSQL's: windows, tokens and signatures depend on it."""
    with connect(view.settings.facade_database_url) as connection:
        began = time.time()
        (theirs,) = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone() or (began,)
        skew = (began + time.time()) / 2 - theirs
    if abs(skew) > SKEW_SECONDS:
        mend = "Set both clocks: timedatectl set-ntp true"
        yield warning(f"The clock of this machine is {skew:+.0f} seconds off that of PostgreSQL.", mend)
    else:
        yield ok("The clock agrees with PostgreSQL's.")


def _keeps_data(view: View) -> bool:
    return not all(getattr(view.given, name) for name in _SERVERS)


def _write(folder: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as probe:
        probe.write(bytes(_PROBE_BYTES))
        probe.flush()
        os.fsync(probe.fileno())
