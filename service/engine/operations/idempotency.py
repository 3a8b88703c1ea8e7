"""The same request twice: the first answer again, and nothing done a second time."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import orjson

from service.engine.operations.unit import Unit
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import ConflictException
from service.engine.store import client_tokens

Operation = Callable[[Call, Unit], dict[str, Any] | None]


def answer_once(operation: Operation, call: Call, unit: Unit) -> dict[str, Any] | None:
    """Perform an operation that carries a ClientToken, or repeat what its first request was answered.

    Raises:
        ConflictException: the token came with other parameters before.
    """
    token, digest = call.params["ClientToken"], _digest(call)
    earlier = client_tokens.claim(unit.connection, unit.scope, call.operation, token, digest)
    if earlier is None:
        answer = operation(call, unit)
        client_tokens.keep_answer(unit.connection, unit.scope, call.operation, token, answer or {})
        return answer
    if earlier.request_digest != digest:
        raise ConflictException(f"The ClientToken {token!r} was used before, in a request with other parameters.")
    return earlier.answer


def _digest(call: Call) -> str:
    asked = {name: value for name, value in call.params.items() if name != "ClientToken"}
    return sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).hexdigest()
