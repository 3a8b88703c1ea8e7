"""Networks as a setting names them."""

from ipaddress import ip_network

import pytest

from service.networks import parse_networks
from service.settings import SettingsError, load_settings

NAME = "LOOKOUT_WEBHOOK_ALLOWED_NETWORKS"


def test_networks_and_single_addresses_stand_between_commas():
    assert parse_networks(" 10.20.0.0/16,fd12::/64 , 192.168.1.7 ") == (
        ip_network("10.20.0.0/16"),
        ip_network("fd12::/64"),
        ip_network("192.168.1.7/32"),
    )
    assert parse_networks("") == ()


@pytest.mark.parametrize("text", ["10.20.0.1/16", "10.20.0.0/33", "plant.example.com", "10.20.0.0/16; fd12::/64"])
def test_what_is_no_network_is_named_when_the_service_starts(text):
    with pytest.raises(SettingsError, match=NAME):
        load_settings({NAME: text})


@pytest.mark.parametrize("key", ["secret", "A" * 44, "A" * 43 + "=,", "A" * 43 + "=\n"])
def test_a_key_for_sealing_has_the_form_of_one(key):
    with pytest.raises(SettingsError, match="LOOKOUT_SECRETS_KEY"):
        load_settings({"LOOKOUT_SECRETS_KEY": key})


def test_several_keys_for_sealing_may_be_named():
    keys = "A" * 43 + "=, " + "B" * 43 + "="
    assert load_settings({"LOOKOUT_SECRETS_KEY": keys}).secrets_key == keys
