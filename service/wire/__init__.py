"""What both houses know of the protocol: the service model, with operations and members of our own laid over it."""

from service.wire.model import (
    API_VERSION,
    OWN_OPERATIONS,
    SERVICE,
    TARGET_PREFIX,
    client_loader,
    client_session,
    service_description,
    service_model,
)

__all__ = [
    "API_VERSION",
    "OWN_OPERATIONS",
    "SERVICE",
    "TARGET_PREFIX",
    "client_loader",
    "client_session",
    "service_description",
    "service_model",
]
