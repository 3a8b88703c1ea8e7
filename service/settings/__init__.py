"""Every setting: its name in the environment, type, default and meaning, once. The only reader of the environment.

Our own settings start with ``LOOKOUT_``; the ones that other tools know too (``REDIS_URL``, ``AWS_…``) keep
the name those tools use. `load_settings` checks all of them and reports everything wrong in one message.
"""

from service.settings.client import ClientSettings
from service.settings.declared import Settings
from service.settings.loading import SettingsError, is_loopback, load_client_settings, load_settings, setting_fields

__all__ = [
    "ClientSettings",
    "Settings",
    "SettingsError",
    "is_loopback",
    "load_client_settings",
    "load_settings",
    "setting_fields",
]
