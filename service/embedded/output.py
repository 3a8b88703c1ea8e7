"""What a program says: kept in a file, and shown on the console behind the program's name."""

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

KEPT_BYTES = 5_000_000  # twice: the file and the one before it
_COLOURS = (36, 33, 32, 35, 34, 31)


class _Forgiving(logging.Handler):
    """A full disk or a closed terminal is no reason to end: the line is dropped."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Drop the line."""


class _File(_Forgiving, RotatingFileHandler):
    pass


class _Console(_Forgiving, logging.StreamHandler):
    pass


def program_log(file: Path, *, shown: bool, prefixed: bool = True) -> logging.Logger:
    """A logger whose lines go to `file` (bounded) and, where `shown`, to the console; warnings always do.

    The console shows each line behind the program's name, coloured if it is a terminal.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    log = logging.Logger(file.stem)
    log.addHandler(_File(file, maxBytes=KEPT_BYTES, backupCount=1, encoding="utf-8"))
    console = _Console(sys.stdout)
    console.setLevel(logging.INFO if shown else logging.WARNING)
    console.setFormatter(logging.Formatter(_prefix(file.stem) + "%(message)s" if prefixed else "%(message)s"))
    log.addHandler(console)
    return log


def _prefix(name: str) -> str:
    text = f"{name:<14} | "
    return f"\x1b[{_COLOURS[sum(name.encode()) % len(_COLOURS)]}m{text}\x1b[0m" if sys.stdout.isatty() else text
