"""The engine's access keys as a setting names them."""

import pytest

from service.credentials import Credential, parse_credentials
from service.settings import Settings, SettingsError, load_settings

SAID = "plant-a:se/cr+et=:111111111111; AKIAB:other:222222222222;"


def test_a_text_names_keys_with_their_secrets_and_accounts():
    assert parse_credentials(SAID) == {
        "plant-a": Credential("se/cr+et=", "111111111111"),
        "AKIAB": Credential("other", "222222222222"),
    }
    assert parse_credentials("  ") == {}


@pytest.mark.parametrize(
    "text", ["key", "key:verysecret", "key:verysecret:12", "k y:verysecret:111111111111", "key::111111111111"]
)
def test_what_is_no_credential_stops_the_start_and_is_not_repeated(text: str):
    with pytest.raises(SettingsError, match=r"LOOKOUT_ENGINE_CREDENTIALS = \(hidden\): part 1 does not") as caught:
        load_settings({"LOOKOUT_ENGINE_CREDENTIALS": text})
    assert "verysecret" not in str(caught.value)


def test_a_key_that_comes_twice_stops_the_start():
    with pytest.raises(SettingsError, match="named twice"):
        load_settings({"LOOKOUT_ENGINE_CREDENTIALS": "key:one:111111111111; key:two:222222222222"})


def test_secrets_are_not_shown():
    assert "se/cr" not in repr(Settings(engine_credentials=SAID))
    assert "se/cr" not in repr(parse_credentials(SAID))
