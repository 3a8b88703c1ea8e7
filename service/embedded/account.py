"""Whose account a server runs under, and what that account can reach."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

NOBODY = 65534


@dataclass(frozen=True)
class Account:
    """User and group by number."""

    user: int
    group: int


def server_account(data: Path) -> Account | None:
    """The account for a server that refuses to run as root; None means ours, which is an ordinary one.

    Root gives such a server the account that owns its data already, or else `nobody`.
    """
    if os.geteuid() != 0:
        return None
    owner = data.stat() if data.exists() else None
    if owner and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return Account(NOBODY, NOBODY)
    return Account(nobody.pw_uid, nobody.pw_gid)


def reaches(account: Account | None, path: Path) -> bool:
    """Whether `account` gets through every folder on the way to `path` (and may run it, where it is a file)."""
    path = path.resolve()
    steps = [path, *path.parents] if path.is_file() else path.parents
    return account is None or all(_passes(account, step.stat()) for step in steps if step.exists())


def _passes(account: Account, step: os.stat_result) -> bool:
    if step.st_uid == account.user:
        return bool(step.st_mode & stat.S_IXUSR)
    if step.st_gid == account.group:
        return bool(step.st_mode & stat.S_IXGRP)
    return bool(step.st_mode & stat.S_IXOTH)


def give(path: Path, account: Account | None) -> None:
    """Hand a folder and all it holds to `account`; the folder last, so that an interrupted hand-over is redone."""
    if account is None or path.stat().st_uid == account.user:
        return
    for folder, folders, files in os.walk(path):
        for name in folders + files:
            os.chown(Path(folder, name), account.user, account.group, follow_symlinks=False)
    os.chown(path, account.user, account.group)
