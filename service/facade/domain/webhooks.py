"""Webhooks: where a team wants to be told, and how it knows that it is us.

Headers and signatures are those of Standard Webhooks (https://www.standardwebhooks.com, version 1).
"""

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_bytes
from typing import Any

from service.facade.domain.moments import iso
from service.facade.domain.notifications import Notification

MOST_WEBHOOKS = 50  # of a team
MOST_SECRETS = 4  # that sign at the same time
LASTING = timedelta(days=5)  # without one success: longer than one delivery is tried
TEST_TYPE = "webhook.test"
_PREFIX = "whsec_"
_SECRET_BYTES = 32  # Standard Webhooks: 24 to 64


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """An address of a team. None as `types` or `inference_scheduler_names` means all, those to come included.

    `disabled_reason` says why it is not enabled, and `failing_since` when the first call failed since one succeeded.
    Its secrets are kept beside it, so that nothing shows them by accident.
    """

    id: str
    team: str
    url: str
    description: str
    types: tuple[str, ...] | None
    inference_scheduler_names: tuple[str, ...] | None
    created_by: str
    created_at: datetime
    updated_at: datetime
    enabled: bool = True
    disabled_reason: str | None = None
    failing_since: datetime | None = None

    def wants(self, notification: Notification) -> bool:
        """Whether its owner asked to be told of this."""
        names = self.inference_scheduler_names
        return (self.types is None or notification.type in self.types) and (
            names is None or notification.inference_scheduler_name in names
        )


@dataclass(frozen=True, kw_only=True)
class KeptSecret:
    """A secret at rest; `expires_at` None: the one that holds."""

    kept: str
    expires_at: datetime | None = None


def trial(webhook: Webhook, message_id: str, now: datetime) -> dict[str, Any]:
    """What a test call tells."""
    return {"id": message_id, "type": TEST_TYPE, "timestamp": iso(now), "data": {"webhook_id": webhook.id}}


def as_body(document: dict[str, Any]) -> str:
    """What is told, as it is signed and sent, to the byte."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def new_secret() -> str:
    return _PREFIX + b64encode(token_bytes(_SECRET_BYTES)).decode()


def signed_headers(secrets: Iterable[str], message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """What a receiver checks: the id (the same on every attempt), the time of this attempt, a signature per secret."""
    timestamp = str(int(now.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(secret, f"{message_id}.{timestamp}.", body) for secret in secrets),
    }


def _signature(secret: str, before: str, body: bytes) -> str:
    key = b64decode(secret.removeprefix(_PREFIX))
    return "v1," + b64encode(hmac.digest(key, before.encode() + body, sha256)).decode()


def secrets_after(kept: Iterable[KeptSecret], new: str, ends: datetime, now: datetime) -> tuple[KeptSecret, ...]:
    """A new secret in front; the one that held ends at `ends`, others when they would have or earlier."""
    ending = [KeptSecret(kept=one.kept, expires_at=min(one.expires_at or ends, ends)) for one in kept]
    return (KeptSecret(kept=new), *(one for one in ending if one.expires_at > now))[:MOST_SECRETS]


def lasting_failure(failing_since: datetime | None, now: datetime) -> str | None:
    """Why a webhook that has just failed again is given up, if it is."""
    if failing_since is None or now - failing_since < LASTING:
        return None
    return (
        f"No call has succeeded since {iso(failing_since)}. Mend the receiver, test it, and enable the webhook again."
    )
