"""The settings of the commands that use the REST API. They belong to whoever sits there, not to the service, whose
processes never see them."""

from dataclasses import dataclass

from service.settings.kinds import setting, url


@dataclass(frozen=True, kw_only=True)
class ClientSettings:
    """Empty text means "not set"."""

    api_url: str = setting(
        "LOOKOUT_API_URL", "REST API that commands such as `lookout schedulers` use; empty: the one on this machine.",
        "", url("http", "https"),
    )  # fmt: skip
    api_key: str = setting("LOOKOUT_API_KEY", "API key or token that they send.", "")
