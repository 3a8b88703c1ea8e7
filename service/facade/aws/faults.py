"""What botocore raises -> our problems, in one table by error code (never by the upstream's HTTP status)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    ConnectTimeoutError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ReadTimeoutError,
)

from service.facade.aws.shapes import snake
from service.facade.problems import (
    Conflict,
    ErrorItem,
    InvalidRequest,
    NotFound,
    NotSupportedUpstream,
    Problem,
    QuotaExceeded,
    UpstreamFailed,
    UpstreamRefused,
    UpstreamThrottled,
    UpstreamTimeout,
    UpstreamUnavailable,
    at_pointer,
)

PROBLEM_OF_CODE: dict[str, type[Problem]] = {
    "ResourceNotFoundException": NotFound,
    "ConflictException": Conflict,
    "ValidationException": InvalidRequest,
    "ServiceQuotaExceededException": QuotaExceeded,
    "ThrottlingException": UpstreamThrottled,
    "AccessDeniedException": UpstreamRefused,
    "UnrecognizedClientException": UpstreamRefused,
    "InvalidClientTokenId": UpstreamRefused,
    "InvalidSignatureException": UpstreamRefused,
    "IncompleteSignature": UpstreamRefused,
    "IncompleteSignatureException": UpstreamRefused,
    "SignatureDoesNotMatch": UpstreamRefused,
    "MissingAuthenticationToken": UpstreamRefused,
    "MissingAuthenticationTokenException": UpstreamRefused,
    "ExpiredTokenException": UpstreamRefused,
    "OptInRequired": UpstreamRefused,
    "UnknownOperationException": NotSupportedUpstream,
    "NotImplementedException": NotSupportedUpstream,
    "ServiceUnavailableException": UpstreamUnavailable,
    "InternalServerException": UpstreamFailed,
    "InternalFailure": UpstreamFailed,
}
_CONSTRAINT = re.compile(r"\bat '(?P<path>[A-Za-z0-9_.]+)' failed to satisfy")
_MEMBER = re.compile(r"\b[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+\b")


@contextmanager
def upstream_faults(**kinds: type[Problem]) -> Iterator[None]:
    """Turn what botocore raises inside the block into problems.

    `kinds` makes a code more precise where the caller knows what it is about:
    ``upstream_faults(ResourceNotFoundException=SchedulerNotFound)``.
    """
    try:
        yield
    except ClientError as error:
        raise _from_answer(error, kinds) from error
    except (ReadTimeoutError, ConnectTimeoutError) as error:
        kind = UpstreamTimeout if isinstance(error, ReadTimeoutError) else UpstreamUnavailable
        raise kind(_no_answer(error)) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise UpstreamRefused(f"This service has no usable AWS credentials: {error}") from error
    except ParamValidationError as error:
        raise InvalidRequest(str(error)) from error
    except (ConnectionError, HTTPClientError) as error:
        raise UpstreamUnavailable(_no_answer(error)) from error
    except BotoCoreError as error:
        raise UpstreamFailed(_no_answer(error)) from error


def _from_answer(error: ClientError, kinds: dict[str, type[Problem]]) -> Problem:
    code, message = error_code(error), error.response.get("Error", {}).get("Message", "")
    kind = kinds.get(code) or PROBLEM_OF_CODE.get(code, UpstreamFailed)
    errors = places(message) if kind is InvalidRequest else []
    return kind(message, errors=errors, aws_error_code=code)


def was_repeated(problem: Problem) -> bool:
    """Whether botocore had sent the call before, so that an earlier try may be what this refusal is about."""
    answer = getattr(problem.__cause__, "response", {})
    return answer.get("ResponseMetadata", {}).get("RetryAttempts", 0) > 0


def error_code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def places(message: str) -> list[ErrorItem]:
    """The fields that a validation message names, as JSON pointers into our bodies.

    Messages of constraint checks give a path (``at 'dataInputConfiguration.inputTimeZoneOffset' failed``); other
    messages mention members by name (``DataUploadFrequency``). Anything unnamed points at the whole body.
    """
    paths = [match["path"] for match in _CONSTRAINT.finditer(message)] or _MEMBER.findall(message)[:1]
    return [at_pointer(_pointer(path), message) for path in dict.fromkeys(paths)] or [at_pointer("", message)]


def _pointer(path: str) -> str:
    return "".join(f"/{snake(part)}" for part in path.split("."))


def _no_answer(error: BotoCoreError) -> str:
    """Without the address that botocore names: it is no caller's business, and the log has it."""
    return f"The Lookout for Equipment endpoint gave no answer ({type(error).__name__})."
