"""Where things go, and what is said when they cannot go there."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from service.embedded import stack, valkey
from service.embedded.lock import sole_user_of
from service.embedded.place import settled
from service.embedded.probe import answers_http, check_port, free_port
from service.embedded.program import EmbeddedError
from service.embedded.up import up
from service.settings import Settings


@pytest.fixture
def given(tmp_path: Path, session_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings that name nothing; sockets that cannot lie beside the data go where the session sweeps up."""
    monkeypatch.setattr(stack, "gettempdir", lambda: session_folder)
    return Settings(data_dir=str(tmp_path / "var"), facade_port=0, engine_port=0, s3_port=0)


def test_a_folder_that_suits_is_made_where_it_is_wanted(tmp_path):
    assert settled(tmp_path / "a" / "b", suits=True, elsewhere=tmp_path) == tmp_path / "a" / "b"


def test_a_folder_that_does_not_suit_is_made_elsewhere_once_and_linked(tmp_path):
    first = settled(tmp_path / "wanted", suits=False, elsewhere=tmp_path)
    assert first.parent == tmp_path
    assert first.stat().st_mode & 0o777 == 0o700
    assert settled(tmp_path / "wanted", suits=False, elsewhere=tmp_path) == first


def test_a_folder_elsewhere_that_was_swept_away_is_made_anew(tmp_path):
    settled(tmp_path / "wanted", suits=False, elsewhere=tmp_path).rmdir()
    assert settled(tmp_path / "wanted", suits=False, elsewhere=tmp_path).is_dir()


def test_a_folder_that_no_longer_suits_is_named(tmp_path):
    (tmp_path / "wanted").mkdir()
    with pytest.raises(EmbeddedError, match="wanted cannot be used where it now lies: move it back"):
        settled(tmp_path / "wanted", suits=False, elsewhere=tmp_path)


def test_sockets_move_to_a_short_path_when_the_data_folder_has_a_long_one(given, tmp_path):
    deep = replace(given, data_dir=str(tmp_path / ("d" * 60) / ("e" * 60)))
    url = stack.completed(deep).redis_url
    assert len(url) - len("unix://?db=0") < 100
    assert Path(url.removeprefix("unix://").removesuffix("?db=0")).name == valkey.SOCKET


def test_every_gap_in_the_settings_is_filled(given):
    full = stack.completed(given)
    assert full.lookoutequipment_endpoint_url == f"http://127.0.0.1:{full.engine_port}"
    assert full.s3_endpoint_url == f"http://127.0.0.1:{full.s3_port}"
    assert (full.aws_access_key_id, full.aws_secret_access_key) == ("lookout", "lookout-embedded")
    assert "" not in {full.redis_url, full.engine_database_url, full.facade_database_url}


def test_what_the_settings_name_stays_and_is_not_started(given, monkeypatch):
    named = replace(
        given,
        redis_url="redis://elsewhere/0",
        s3_endpoint_url="https://s3.example",
        engine_database_url="postgresql://elsewhere/engine",
        facade_database_url="postgresql://elsewhere/facade",
        lookoutequipment_endpoint_url="https://engine.example",
    )
    full = stack.completed(named)
    ports = {"facade_port": full.facade_port, "engine_port": full.engine_port, "s3_port": full.s3_port}
    assert full == replace(named, **ports), "credentials stay empty, too: boto3's own chain finds them"
    assert stack.stack(named, full, {})[0].programs == ()


def test_our_processes_inherit_everything_but_credentials_of_another_world(given):
    inherited = {"PATH": "/bin", "AWS_PROFILE": "work", "AWS_SESSION_TOKEN": "t", "LOOKOUT_FACADE_PORT": "1"}
    full = stack.completed(given)
    environment = stack.child_environment(given, full, inherited)
    assert environment.items() >= full.environment().items()
    assert environment["PATH"] == "/bin"
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & set(environment)
    assert "127.0.0.1" in environment["NO_PROXY"]


def test_the_lock_says_whether_the_holder_before_was_killed(tmp_path):
    with sole_user_of(tmp_path) as killed:
        assert not killed
    with sole_user_of(tmp_path) as killed:
        assert not killed
    (tmp_path / "lock").write_text("4711")
    with sole_user_of(tmp_path) as killed:
        assert killed


def test_the_lock_is_refused_while_somebody_holds_it(tmp_path):
    with sole_user_of(tmp_path), pytest.raises(EmbeddedError, match=r"another `lookout` \(process \d+\) runs on"):
        sole_user_of(tmp_path).__enter__()


def test_a_port_is_waited_for_when_its_holder_is_just_ending():
    holder = socket.create_server(("127.0.0.1", 0))
    port = holder.getsockname()[1]
    with pytest.raises(EmbeddedError, match=f"127.0.0.1:{port}: another program has this port"):
        check_port("127.0.0.1", port, "SOME_PORT", patience=0.2)
    holder.close()
    check_port("127.0.0.1", port, "SOME_PORT", patience=5)


def test_a_file_of_somebody_else_is_named(given, tmp_path, monkeypatch):
    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path / "var" / "s3"))

    monkeypatch.setattr("service.embedded.up.stack", refused)
    with pytest.raises(EmbeddedError, match=r"var/s3 belongs to somebody else: make it yours, or choose another"):
        up(given, {}, print)


def test_an_address_that_is_not_ours_is_named():
    with pytest.raises(EmbeddedError, match=r"cannot listen on 192.0.2.1:80.*LOOKOUT_FACADE_PORT"):
        check_port("192.0.2.1", 8080, "LOOKOUT_FACADE_PORT")


def test_nobody_answers_on_a_free_port():
    assert not answers_http(f"http://127.0.0.1:{free_port()}/healthz")
