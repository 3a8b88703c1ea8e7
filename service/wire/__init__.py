"""What both houses know of the protocol: the service model, with three operations of our own laid over it."""

from service.wire.model import (
    API_VERSION,
    OWN_OPERATIONS,
    SERVICE,
    TARGET_PREFIX,
    client_loader,
    client_session,
    service_model,
)

__all__ = [
    "API_VERSION",
    "OWN_OPERATIONS",
    "SERVICE",
    "TARGET_PREFIX",
    "client_loader",
    "client_session",
    "service_model",
]
