"""Every way a call can be refused, under the name that the wire gives it.

Fault
├── declared in the service model
│   ├── ValidationException            ├── ConflictException
│   ├── ResourceNotFoundException      ├── ServiceQuotaExceededException
│   ├── AccessDeniedException          ├── ThrottlingException
│   └── InternalServerException (500; clients try again)
└── of AWS in general, before an operation is reached
    ├── UnknownOperationException      ├── SerializationException
    ├── MissingAuthenticationTokenException
    ├── IncompleteSignatureException   ├── InvalidSignatureException
    ├── UnrecognizedClientException
    ├── RequestEntityTooLargeException (413)
    └── ServiceUnavailableException (503; clients try again)
"""


class Fault(Exception):
    """A refusal; its class name is the code of the error, its text the Message."""

    status = 400

    @property
    def code(self) -> str:
        """The name on the wire."""
        return type(self).__name__


class ValidationException(Fault):
    """The request breaks a constraint of the service model, or a rule between its members."""


class ConflictException(Fault):
    """The resource is in a state that does not allow this. Clients do not try again."""


class ResourceNotFoundException(Fault):
    """There is no such resource in this account and region."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"There is no {kind} {name!r} in this account and region.")


class ServiceQuotaExceededException(Fault):
    """One more would be too many."""


class AccessDeniedException(Fault):
    """The caller is known but may not do this."""


class ThrottlingException(Fault):
    """Too many calls; clients try again later."""


class InternalServerException(Fault):
    """Our own fault; clients try again."""

    status = 500


class UnknownOperationException(Fault):
    """X-Amz-Target is missing or names no operation of the service model."""


class SerializationException(Fault):
    """The body is not JSON, or a member has the wrong type."""


class MissingAuthenticationTokenException(Fault):
    """The request is not signed."""


class IncompleteSignatureException(Fault):
    """The Authorization header is not one of Signature Version 4."""


class InvalidSignatureException(Fault):
    """The signature does not match the request, or is too old."""


class UnrecognizedClientException(Fault):
    """The request carries a session token, and this engine hands out none."""


class RequestEntityTooLargeException(Fault):
    """The body is longer than any request of the service can be."""

    status = 413


class ServiceUnavailableException(Fault):
    """What the engine itself needs is away; clients try again."""

    status = 503
