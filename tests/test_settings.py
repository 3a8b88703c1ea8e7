"""The settings: defaults that work, and wrong ones reported whole, in one message."""

import pytest

from service.settings import (
    ClientSettings,
    Settings,
    SettingsError,
    load_client_settings,
    load_settings,
    setting_fields,
)


def test_an_empty_environment_gives_the_embedded_defaults():
    settings = load_settings({})
    assert (settings.redis_url, settings.facade_database_url, settings.s3_endpoint_url) == ("", "", "")
    assert (settings.facade_port, settings.engine_port, settings.s3_port) == (8000, 8001, 9000)


def test_every_wrong_setting_is_named_in_one_message():
    with pytest.raises(SettingsError) as raised:
        load_settings(
            {
                "LOOKOUT_S3_PORT": "ninethousand",
                "LOOKOUT_ENGINE_PORT": "70000",
                "REDIS_URL": "localhost:6379",
                "LOOKOUT_LOG_LEVEL": "loud",
            }
        )
    lines = str(raised.value).splitlines()
    assert len(lines) == 5
    assert "LOOKOUT_ENGINE_PORT = '70000': must be a port between 0 and 65535" in lines[1]
    assert "REDIS_URL = 'localhost:6379': must look like redis://…" in str(raised.value)


def test_a_misspelt_setting_is_refused_and_the_nearest_one_named():
    with pytest.raises(SettingsError, match="LOOKOUT_FACADE_PROT: no such setting; did you mean LOOKOUT_FACADE_PORT"):
        load_settings({"LOOKOUT_FACADE_PROT": "8080"})


def test_settings_of_other_programs_are_left_alone():
    assert load_settings({"PATH": "/bin", "AWS_CA_BUNDLE": "x"}) == Settings()


def test_a_secret_never_shows_in_a_complaint():
    secret = setting_fields()["AWS_SECRET_ACCESS_KEY"]
    assert secret.metadata["meaning"]
    with pytest.raises(SettingsError) as raised:
        load_settings({"LOOKOUT_S3_PORT": "x", "AWS_SECRET_ACCESS_KEY": "hunter2"})
    assert "hunter2" not in str(raised.value)


def test_a_password_inside_a_url_never_shows_in_a_complaint():
    with pytest.raises(SettingsError) as raised:
        load_settings({"LOOKOUT_ENGINE_DATABASE_URL": "mysql://lookout:hunter2@db/engine"})
    assert "hunter2" not in str(raised.value)


def test_settings_printed_by_accident_show_no_secret():
    url = "postgresql://lookout:hunter2@db/engine"
    settings = load_settings({"AWS_SECRET_ACCESS_KEY": "hunter2", "LOOKOUT_ENGINE_DATABASE_URL": url})
    assert "hunter2" not in repr(settings)


def test_a_child_process_reads_back_the_same_settings():
    settings = load_settings({"LOOKOUT_FACADE_PORT": "8123", "LOOKOUT_VERIFY_SIGNATURES": "yes"})
    assert load_settings(settings.environment()) == settings


@pytest.mark.parametrize("name", sorted(setting_fields()))
def test_every_setting_says_what_it_means(name):
    assert setting_fields()[name].metadata["meaning"].endswith(".")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "facade.example"])
def test_authentication_may_be_off_on_a_loopback_only(host):
    with pytest.raises(SettingsError, match="LOOKOUT_AUTH = 'off'") as raised:
        load_settings({"LOOKOUT_AUTH": "off", "LOOKOUT_BIND_HOST": host})
    assert host in str(raised.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_on_a_loopback_authentication_may_be_off(host):
    assert load_settings({"LOOKOUT_AUTH": "off", "LOOKOUT_BIND_HOST": host}).auth == "off"


def test_authentication_is_on_where_nothing_is_said():
    assert load_settings({"LOOKOUT_BIND_HOST": "0.0.0.0"}).auth == "on"


@pytest.mark.parametrize("name", ["LOOKOUT_OIDC_ISSUER", "LOOKOUT_OIDC_JWKS_URL"])
@pytest.mark.parametrize("url", ["http://issuer.example", "http://127.0.0.1.example/x", "issuer.example", "file:///x"])
def test_keys_of_an_issuer_come_from_where_nobody_can_stand_between(name, url):
    with pytest.raises(SettingsError, match=name):
        load_settings({name: url, "LOOKOUT_OIDC_AUDIENCE": "lookout"})


@pytest.mark.parametrize("url", ["https://issuer.example/realm", "http://127.0.0.1:8080/x", "http://localhost"])
def test_an_issuer_is_far_away_behind_tls_or_on_this_machine(url):
    assert load_settings({"LOOKOUT_OIDC_ISSUER": url, "LOOKOUT_OIDC_AUDIENCE": "lookout"}).oidc_issuer == url


def test_an_issuer_without_an_audience_is_refused():
    with pytest.raises(SettingsError, match="LOOKOUT_OIDC_AUDIENCE"):
        load_settings({"LOOKOUT_OIDC_ISSUER": "https://issuer.example"})


CLIENT = {"LOOKOUT_API_URL": "https://lookout.example.com", "LOOKOUT_API_KEY": "lk_secret"}


def test_the_settings_of_a_client_are_read_alone_and_its_key_is_not_shown():
    settings = load_client_settings({**CLIENT, "LOOKOUT_FACADE_PORT": "http"})
    assert (settings.api_url, settings.api_key) == ("https://lookout.example.com", "lk_secret")
    assert "lk_secret" not in repr(settings)


def test_the_service_leaves_the_settings_of_a_client_alone():
    assert load_settings(CLIENT) == Settings()


def test_a_misspelt_setting_of_a_client_is_refused_by_both():
    for load in (load_settings, load_client_settings):
        with pytest.raises(SettingsError, match="LOOKOUT_API_KYE: no such setting; did you mean LOOKOUT_API_KEY"):
            load({"LOOKOUT_API_KYE": "lk_secret"})


def test_a_client_and_the_service_share_no_setting():
    assert not setting_fields(ClientSettings).keys() & setting_fields(Settings).keys()
