"""What the rest of the engine sees of a request."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Call:
    """One call of an operation, parsed and within the constraints of the service model."""

    operation: str
    """Name of the operation, ``CreateInferenceScheduler`` for instance."""
    params: dict[str, Any]
    """Members by their wire names; times are aware datetimes in UTC; members not sent are not there."""
    account_id: str
    """The account of the access key that signed it."""
    region: str
    """The region that the request was signed for."""
    access_key: str
    """Who signed the request."""
    request_id: str
    """UUID of the request, also in the answer's header and in every log line."""
