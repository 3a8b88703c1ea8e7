"""Whether the signature of a request is right (Signature Version 4, computed by botocore's own signer)."""

import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from werkzeug.datastructures import Headers

from service.engine.protocol.authorization import Authorization
from service.engine.protocol.faults import InvalidSignatureException, UnrecognizedClientException

SKEW = timedelta(minutes=5)  # what AWS allows a client's clock to be off


def verify_signature(
    authorization: Authorization, headers: Headers, body: bytes, *, secret: str, now: datetime
) -> None:
    """Check that the holder of the secret signed exactly this request, not long ago.

    Args:
        authorization: what the request claims.
        headers, body: the request as it came.
        secret: what its access key signs with.
        now: for the age of the signature.

    Raises:
        InvalidSignatureException: too old, something of weight is not under the signature, or it does not match.
        UnrecognizedClientException: a session token, which this engine hands out to nobody, came along.
    """
    timestamp = headers.get("X-Amz-Date", "")
    _check_age(authorization, timestamp, now)
    _check_cover(authorization, headers)
    _check_payload_hash(headers, body)
    _refuse_session_token(headers)
    expected = _sign(authorization, headers, body, timestamp, Credentials(authorization.access_key, secret))
    if not hmac.compare_digest(expected.encode(), authorization.signature.encode()):
        raise InvalidSignatureException(
            "The request signature we calculated does not match the signature you provided. "
            "Check the secret access key and that nothing on the way changes the request or its Host header."
        )


def _check_age(authorization: Authorization, timestamp: str, now: datetime) -> None:
    try:
        signed_at = datetime.strptime(timestamp, SIGV4_TIMESTAMP).replace(tzinfo=UTC)
    except ValueError:
        raise InvalidSignatureException("The header X-Amz-Date must look like 20261122T093000Z.") from None
    if not timestamp.startswith(authorization.date):
        raise InvalidSignatureException("The day in Credential is not the day in X-Amz-Date.")
    if abs(now - signed_at) > SKEW:
        raise InvalidSignatureException(
            f"Signature expired: {timestamp} is more than 5 minutes off this engine's time, "
            f"{now.strftime(SIGV4_TIMESTAMP)}. Set the clock of the client."
        )


def _check_cover(authorization: Authorization, headers: Headers) -> None:
    needed = {"host"} | {name.lower() for name in headers.keys() if name.lower().startswith("x-amz-")}  # noqa: SIM118
    bare = sorted(needed.difference(authorization.signed_headers))
    if bare:
        raise InvalidSignatureException(f"These headers must be under the signature: {', '.join(bare)}.")


def _check_payload_hash(headers: Headers, body: bytes) -> None:
    claimed = headers.get("X-Amz-Content-SHA256")
    if claimed is not None and claimed != sha256(body).hexdigest():
        raise InvalidSignatureException("X-Amz-Content-SHA256 is not the SHA-256 of the body.")


def _refuse_session_token(headers: Headers) -> None:
    if "X-Amz-Security-Token" in headers:
        raise UnrecognizedClientException(
            "The security token included in the request is invalid: this engine hands out none. Unset "
            "AWS_SESSION_TOKEN and sign with an access key that the engine knows."
        )


def _sign(authorization: Authorization, headers: Headers, body: bytes, timestamp: str, credentials: Credentials) -> str:
    signed = {name: headers[name] for name in authorization.signed_headers if name in headers}
    request = AWSRequest("POST", f"http://{headers['Host']}/", headers=signed, data=body)
    request.context["timestamp"] = timestamp
    signer = SigV4Auth(credentials, authorization.service, authorization.region)
    return signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
