"""What the demo prints last leads on: to the portal, to the key, to commands that fit the place it runs at."""

import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from service.demo.next_steps import addresses, ready, to_try
from service.settings import Settings

ADDRESS = "http://127.0.0.1:8123"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(Settings(), data_dir=str(tmp_path / "two words"))


def test_the_last_line_names_the_portal_and_how_to_log_in():
    assert ready(ADDRESS, "lk_1") == f"ready: {ADDRESS}/portal (log in with the API key above; Ctrl-C ends everything)"


def test_the_key_stands_above_and_where_it_is_kept(settings: Settings):
    shown = addresses(settings, ADDRESS, "lk_1")
    assert "lk_1" in shown
    assert str(settings.data_path / "demo-key") in shown


def test_commands_know_another_port_and_another_folder(settings: Settings):
    [given] = [line for line in to_try(settings, ADDRESS, "lk_1").splitlines() if "export" in line]
    assert f"LOOKOUT_API_URL={ADDRESS}" in given
    assert shlex.split(given.partition("$(cat ")[2].removesuffix(")")) == [str(settings.data_path / "demo-key")]


def test_where_nobody_needs_a_key_nothing_speaks_of_one(settings: Settings):
    shown = to_try(replace(settings, auth="off"), ADDRESS, "") + ready(ADDRESS, "")
    assert "LOOKOUT_API_KEY" not in shown
    assert "log in" not in shown
    assert "none is needed" in addresses(replace(settings, auth="off"), ADDRESS, "")
