"""Where commands find the service and the key, and what they show where."""

import pytest
from scripted_service import Said, Script

from service.client.place import DEMO_KEY, find_place
from service.demo.key import FILE

EMPTY = Said(200, {"schedulers": [], "next": None})


@pytest.fixture
def demo(monkeypatch, tmp_path):
    """A machine with a demo on port 8123, and nothing else said."""
    monkeypatch.setenv("LOOKOUT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LOOKOUT_FACADE_PORT", "8123")
    (tmp_path / FILE).write_text("lk_demo\n")
    return tmp_path


def test_the_demo_s_key_is_found_where_the_demo_keeps_it(demo):
    place = find_place(None, None)
    assert (place.address, place.key) == ("http://127.0.0.1:8123", "lk_demo")
    assert place.note == f"Using http://127.0.0.1:8123 with the demo's key, {demo / FILE}."
    assert DEMO_KEY == FILE


def test_the_demo_s_key_goes_nowhere_but_to_this_machine(demo):
    assert find_place("https://lookout.example.com", None).key == ""
    assert find_place("http://127.0.0.1:8123/v1/", None).key == "lk_demo"


def test_options_count_more_than_settings(demo, monkeypatch):
    monkeypatch.setenv("LOOKOUT_API_URL", "https://one.example")
    monkeypatch.setenv("LOOKOUT_API_KEY", "lk_one")
    assert find_place(None, None).address == "https://one.example"
    place = find_place("https://two.example/v1", "lk_two")
    assert (place.address, place.key, place.note) == ("https://two.example", "lk_two", "")


def test_a_wrong_setting_of_the_service_is_no_matter_where_the_client_s_are_set(demo, monkeypatch):
    monkeypatch.setenv("LOOKOUT_FACADE_PORT", "http")
    assert find_place("https://two.example", "lk_two").address == "https://two.example"


def test_a_machine_without_a_demo_has_an_address_and_no_key(demo):
    (demo / FILE).unlink()
    assert find_place(None, None).key == ""


def test_no_header_is_sent_where_there_is_no_key(run, script: Script, monkeypatch):
    monkeypatch.delenv("LOOKOUT_API_KEY")
    script.says = [EMPTY]
    assert run("schedulers", "list").out.split() == ["name", "status", "last", "result", "model", "every", "delay"]
    assert "Authorization" not in script.heard[0].headers


def test_a_table_is_plain_in_a_pipe_and_coloured_on_a_terminal_that_wants_it(run, script: Script, monkeypatch):
    one = {
        "inference_scheduler_name": "pump-7", "status": "RUNNING", "latest_inference_result": "ANOMALOUS",
        "model_name": "m", "data_upload_frequency": "PT5M", "data_delay_offset_in_minutes": 0,
    }  # fmt: skip
    script.says = [Said(200, {"schedulers": [one], "next": None})]
    assert run("schedulers", "list").out.splitlines()[1] == "pump-7  RUNNING  ANOMALOUS    m      PT5M   0 min"
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[32mRUNNING" in run("schedulers", "list").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[32m" not in run("schedulers", "list").out
