"""Where the REST API is, and the key that opens it."""

from dataclasses import dataclass, field
from pathlib import Path

from service.commands import health_url
from service.settings import Settings, load_client_settings, load_settings

DEMO_KEY = "demo-key"  # in the data folder: what `lookout demo` leaves for those who try it out


@dataclass(frozen=True)
class Place:
    """`note` says what nobody had said: which address and key were found."""

    address: str
    key: str = field(repr=False)
    note: str = ""


def find_place(url: str | None, key: str | None) -> Place:
    """Options count more than settings. Without either it is the service on this machine, with the demo's key.

    That key goes nowhere but to this machine.

    Raises:
        SettingsError
    """
    given = load_client_settings()
    address, key = _bare(url or given.api_url), key or given.api_key
    if address and key:
        return Place(address, key)
    service = load_settings()
    here = health_url(service, "facade").removesuffix("/healthz")
    if key or (address and address != here):
        return Place(address or here, key)
    return _found_here(here, service)


def _found_here(address: str, service: Settings) -> Place:
    file = service.data_path / DEMO_KEY
    try:
        key = file.read_text(encoding="ascii").strip()
    except OSError:
        return Place(address, "")
    return Place(address, key, f"Using {address} with the demo's key, {_short(file)}.")


def _bare(url: str) -> str:
    """Without what each request adds."""
    return url.rstrip("/").removesuffix("/v1").rstrip("/")


def _short(file: Path) -> str:
    return str(file.relative_to(Path.cwd())) if file.is_relative_to(Path.cwd()) else str(file)
