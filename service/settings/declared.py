"""All settings: name in the environment, meaning, default and check of each, once."""

from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

from service.settings.engine import EngineSettings
from service.settings.facade import FacadeSettings
from service.settings.neighbours import NeighbourSettings
from service.settings.telling import TellingSettings


@dataclass(frozen=True, kw_only=True)
class Settings(TellingSettings, EngineSettings, FacadeSettings, NeighbourSettings):  # fields: the last one's come first
    """What the environment says, checked. Empty text means "not set" throughout."""

    @property
    def data_path(self) -> Path:
        return Path(self.data_dir).resolve()

    def environment(self) -> dict[str, str]:
        """These settings as the environment of a child process: every one is said, defaults too."""
        return {entry.metadata["name"]: _as_text(getattr(self, entry.name)) for entry in fields(self)}


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


assert all(entry.default is not MISSING for entry in fields(Settings)), "a setting without a default"
