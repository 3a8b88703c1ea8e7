"""Two places that must say the same: the settings and the compose file; and that the compose file hangs together."""

from pathlib import Path

import pytest
import yaml

from service.commands import commands
from service.settings import Settings, load_settings, setting_fields

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}


def test_the_compose_file_names_every_setting_and_no_other():
    assert set(COMPOSE["x-settings"]) == set(setting_fields())


def test_the_settings_of_the_compose_file_are_all_well_formed():
    loaded = load_settings({name: _by_default(str(value)) for name, value in COMPOSE["x-settings"].items()})
    assert loaded.bind_host == "0.0.0.0"
    assert loaded.verify_signatures is True


def test_every_process_of_ours_has_a_container_and_gets_all_settings():
    started = {service["command"][-1] for service in OURS.values()}
    assert started == {*commands(Settings()), "migrate"}
    assert all(service["environment"] == COMPOSE["x-settings"] for service in OURS.values())


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_waits_only_for_services_there_are(name):
    for awaited, how in SERVICES[name].get("depends_on", {}).items():
        if how["condition"] == "service_healthy":
            assert "test" in SERVICES[awaited]["healthcheck"], f"nobody can tell whether {awaited} is healthy"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_a_health_check_or_says_that_it_has_none(name):
    check = SERVICES[name]["healthcheck"]
    assert check.get("disable") or check["test"][0] == "CMD"


def test_every_volume_and_config_that_is_used_is_declared():
    volumes = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    configs = {config["source"] for service in SERVICES.values() for config in service.get("configs", [])}
    assert (volumes, configs) == (set(COMPOSE["volumes"]), set(COMPOSE["configs"]))


def test_nothing_is_published_beyond_this_machine_by_default():
    published = [_by_default(port) for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def _by_default(text: str) -> str:
    """`${NAME:-default}` as compose reads it where NAME is not set."""
    if not text.startswith("${"):
        return text
    inside, _, rest = text[2:].partition("}")
    return inside.partition(":-")[2] + rest
