"""Who signed a request, and for which region (Signature Version 4, Authorization header)."""

import re
from dataclasses import dataclass

from werkzeug.datastructures import Headers

from service.engine.protocol.faults import IncompleteSignatureException, MissingAuthenticationTokenException
from service.wire import SERVICE

ALGORITHM = "AWS4-HMAC-SHA256"

_SCOPE = re.compile(r"(?P<key>[^/\s]+)/(?P<date>\d{8})/(?P<region>[^/\s]{1,64})/(?P<service>[^/\s]+)/aws4_request")


@dataclass(frozen=True)
class Authorization:
    """What an Authorization header says; nothing in it is verified yet."""

    access_key: str
    date: str
    """Day of the signing key, ``yyyymmdd``."""
    region: str
    service: str
    signed_headers: tuple[str, ...]
    """Names of the headers under the signature, in lower case."""
    signature: str


def read_authorization(headers: Headers) -> Authorization:
    """Take the Authorization header apart.

    Raises:
        MissingAuthenticationTokenException: there is none.
        IncompleteSignatureException: it is not one of Signature Version 4, or it is signed for another service.
    """
    header = headers.get("Authorization", "").strip()
    if not header:
        raise MissingAuthenticationTokenException("The request is not signed: it has no Authorization header.")
    algorithm, _, rest = header.partition(" ")
    if algorithm != ALGORITHM:
        raise IncompleteSignatureException(f"The Authorization header must begin with {ALGORITHM}.")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    missing = [name for name in ("Credential", "SignedHeaders", "Signature") if not parts.get(name)]
    if missing:
        raise IncompleteSignatureException(f"The Authorization header lacks {' and '.join(missing)}.")
    return _assemble(parts)


def _assemble(parts: dict[str, str]) -> Authorization:
    scope = _SCOPE.fullmatch(parts["Credential"])
    if not scope:
        raise IncompleteSignatureException(
            "Credential in Authorization must look like <access key>/<yyyymmdd>/<region>/<service>/aws4_request."
        )
    if scope["service"] != SERVICE:
        raise IncompleteSignatureException(f"The request is signed for {scope['service']!r}, not for {SERVICE!r}.")
    return Authorization(
        access_key=scope["key"],
        date=scope["date"],
        region=scope["region"],
        service=scope["service"],
        signed_headers=tuple(parts["SignedHeaders"].lower().split(";")),
        signature=parts["Signature"],
    )
