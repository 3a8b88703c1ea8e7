"""The access keys that a setting lists beside the one of `AWS_ACCESS_KEY_ID`, each with its secret and its account:
`AKIAPLANTA:its-secret:111111111111; AKIAPLANTB:another-secret:222222222222`.
"""

import re
from dataclasses import dataclass, field

_CREDENTIAL = re.compile(r"(?P<key>[\w-]{3,128}):(?P<secret>[^\s:;]+):(?P<account_id>\d{12})", re.ASCII)


@dataclass(frozen=True)
class Credential:
    """What an access key is signed with, and the account of everything that is asked for with it."""

    secret: str = field(repr=False)
    account_id: str


def parse_credentials(text: str) -> dict[str, Credential]:
    """Access key to credential; none in an empty text.

    Raises:
        ValueError: a part of it is none, or an access key comes twice. The message repeats no secret.
    """
    parts = [part for part in text.split(";") if part.strip()]
    named = [_credential(number, part.strip()) for number, part in enumerate(parts, start=1)]
    if len(dict(named)) < len(named):
        raise ValueError("an access key is named twice")
    return dict(named)


def _credential(number: int, text: str) -> tuple[str, Credential]:
    found = _CREDENTIAL.fullmatch(text)
    if not found:
        raise ValueError(f"part {number} does not look like access-key:secret:account, an account being 12 digits")
    return found["key"], Credential(found["secret"], found["account_id"])
