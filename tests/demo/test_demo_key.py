"""The demo's key: made, kept for its owner alone, found again, and made anew when it no longer opens."""

import json
import stat
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from service.cli import main
from service.demo.key import FILE, demo_key
from service.demo.rest import DemoError
from service.settings import Settings, load_settings


@pytest.fixture
def settings(monkeypatch, fresh_facade_database_url, tmp_path) -> Settings:
    monkeypatch.setenv("LOOKOUT_FACADE_DATABASE_URL", fresh_facade_database_url)
    monkeypatch.setenv("LOOKOUT_DATA_DIR", str(tmp_path))
    return load_settings()


@pytest.fixture
def api() -> Iterator[ThreadingHTTPServer]:
    """An API whose `status` is what it answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.shown.append(self.headers["Authorization"])
            self.send_response(server.status)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.status, server.shown = 200, []
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def address(api) -> str:
    return f"http://127.0.0.1:{api.server_address[1]}"


def test_the_key_is_made_and_kept_for_its_owner_alone(settings, address, tmp_path, capsys):
    key = demo_key(settings, address)

    assert (tmp_path / FILE).read_text() == key + "\n"
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    main(["keys", "list", "--json"])
    [made] = json.loads(capsys.readouterr().out)
    assert (made["id"], made["team"], made["scopes"], made["name"]) == (key.split("_")[1], "default", ["admin"], "demo")


def test_a_second_demo_finds_it_again(settings, address, api):
    first = demo_key(settings, address)
    assert demo_key(settings, address) == first
    assert api.shown == [f"Bearer {first}"]


def test_a_key_that_no_longer_opens_is_made_anew(settings, address, api):
    first = demo_key(settings, address)
    api.status = 401
    assert demo_key(settings, address) != first


def test_a_facade_that_fails_is_no_reason_for_another_key(settings, address, api, tmp_path):
    first = demo_key(settings, address)
    api.status = 503
    with pytest.raises(DemoError):
        demo_key(settings, address)
    assert (tmp_path / FILE).read_text() == first + "\n"


def test_where_authentication_is_off_there_is_no_key(settings, address, monkeypatch, tmp_path):
    monkeypatch.setenv("LOOKOUT_AUTH", "off")
    assert demo_key(load_settings(), address) == ""
    assert not (tmp_path / FILE).exists()
