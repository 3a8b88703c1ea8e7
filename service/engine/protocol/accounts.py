"""Which account an access key belongs to, and what it signs with.

Accounts are separate worlds: a name is unique inside one account and region, and an ARN of another is not found.
"""

import re
from dataclasses import dataclass

from service.credentials import Credential, parse_credentials
from service.engine.protocol.faults import AccessDeniedException
from service.settings import Settings

_ACCOUNT_ID = re.compile(r"[0-9]{12}")


@dataclass(frozen=True)
class Accounts:
    """The access keys that the settings name, and the account of all others."""

    known: dict[str, Credential]
    own_account_id: str
    are_keys_checked: bool
    """Whether signatures are verified, so that a key proves its account."""

    def account_of(self, access_key: str) -> str:
        """The account that a request signed with this key works in.

        While nothing is verified, an access key of 12 digits names its account, as the test tools of the AWS world
        have it; every other key that is not listed belongs to the engine's own account.
        """
        if access_key in self.known:
            return self.known[access_key].account_id
        named = not self.are_keys_checked and _ACCOUNT_ID.fullmatch(access_key)
        return access_key if named else self.own_account_id

    def secret_of(self, access_key: str) -> str:
        """What the key signs with.

        Raises:
            AccessDeniedException: no such key.
        """
        if access_key not in self.known:
            raise AccessDeniedException(f"The access key {access_key!r} is not known to this engine.")
        return self.known[access_key].secret


def read_accounts(settings: Settings) -> Accounts:
    """The keys of LOOKOUT_ENGINE_CREDENTIALS, and AWS_ACCESS_KEY_ID, which is of the engine's own account."""
    known = parse_credentials(settings.engine_credentials)
    if settings.aws_access_key_id and settings.aws_secret_access_key:
        own = Credential(settings.aws_secret_access_key, settings.engine_account_id)
        known = {settings.aws_access_key_id: own} | known
    return Accounts(known, settings.engine_account_id, settings.verify_signatures)
