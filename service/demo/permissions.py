"""What the demo allows beyond a service that other people reach."""

from dataclasses import replace

from service.settings import Settings

_THIS_MACHINE = "127.0.0.0/8"


def with_demo_permissions(given: Settings) -> Settings:
    """Webhooks may go to this machine, so that one can try them out without a server elsewhere; unless the settings
    name networks themselves."""
    return replace(given, webhook_allowed_networks=given.webhook_allowed_networks or _THIS_MACHINE)
