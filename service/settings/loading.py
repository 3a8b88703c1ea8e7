"""The settings read from the environment and checked. Nobody else reads it."""

import os
from collections.abc import Mapping
from dataclasses import Field, fields
from difflib import get_close_matches
from ipaddress import ip_address
from typing import Any, TypeVar

from marshmallow import Schema, ValidationError

from service.settings.client import ClientSettings
from service.settings.declared import Settings

OWN_PREFIX = "LOOKOUT_"
_Kind = TypeVar("_Kind", Settings, ClientSettings)


class SettingsError(Exception):
    """Some settings are wrong. The message has one line for each of them."""


def setting_fields(kind: type[Settings | ClientSettings] = Settings) -> dict[str, Field]:
    """Every setting by its name in the environment, for documents and house tests."""
    return {entry.metadata["name"]: entry for entry in fields(kind)}


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read, check and freeze the settings of the service.

    Raises:
        SettingsError: with a line for every unknown and every wrong setting.
    """
    settings, complaints = _read(Settings, os.environ if environ is None else environ)
    return _sound(settings, complaints + _together(settings))


def load_client_settings(environ: Mapping[str, str] | None = None) -> ClientSettings:
    """Read, check and freeze the settings of the commands that use the REST API.

    Raises:
        SettingsError: with a line for every unknown setting and every wrong one of theirs.
    """
    return _sound(*_read(ClientSettings, os.environ if environ is None else environ))


def _read(kind: type[_Kind], environ: Mapping[str, str]) -> tuple[_Kind, list[str]]:
    """Settings of one kind, and what is wrong about them; a wrong one has its default."""
    own = setting_fields(kind)
    known = setting_fields(Settings) | setting_fields(ClientSettings)
    given = {name: environ[name] for name in own if name in environ}
    complaints = [_unknown(name, known) for name in environ if name.startswith(OWN_PREFIX) and name not in known]
    values: dict[str, Any] = {}
    try:
        values = _schema(own)().load(given)
    except ValidationError as error:
        complaints += [_wrong(name, given[name], said) for name, said in error.messages_dict.items()]
    return kind(**{own[name].name: value for name, value in values.items()}), complaints


def _sound(settings: _Kind, complaints: list[str]) -> _Kind:
    if complaints:
        raise SettingsError("\n".join(["These settings are wrong:", *sorted(complaints)]))
    return settings


def _together(settings: Settings) -> list[str]:
    """What is wrong about several settings at once."""
    complaints = []
    if settings.auth == "off" and not is_loopback(settings.bind_host):
        where = f"LOOKOUT_BIND_HOST = {settings.bind_host!r}"
        complaints.append(f"  LOOKOUT_AUTH = 'off': only where nobody else can connect, and {where} is no loopback")
    if settings.oidc_issuer and not settings.oidc_audience:
        complaints.append("  LOOKOUT_OIDC_AUDIENCE: has to be set with LOOKOUT_OIDC_ISSUER, or any token would do")
    if settings.oidc_client_id and not (settings.oidc_issuer and settings.public_url):
        complaints.append("  LOOKOUT_OIDC_CLIENT_ID: needs LOOKOUT_OIDC_ISSUER, and LOOKOUT_PUBLIC_URL to come back to")
    return complaints


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _schema(known: Mapping[str, Field]) -> type[Schema]:
    return Schema.from_dict({name: entry.metadata["check"] for name, entry in known.items()})


def _unknown(name: str, known: Mapping[str, Field]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"  {name}: no such setting" + (f"; did you mean {near[0]}?" if near else "")


def _wrong(name: str, value: str, said: list[str]) -> str:
    shown = "(hidden)" if _is_secret(name) or "@" in value else repr(value)
    return f"  {name} = {shown}: {' '.join(said)}"


def _is_secret(name: str) -> bool:
    return any(word in name for word in ("SECRET", "CREDENTIAL", "TOKEN"))
