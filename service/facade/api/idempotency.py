"""`Idempotency-Key`: a POST that comes again with its key is answered as it was the first time.

The whole answer of a request that was carried out is kept for a day. A short body is compared before anything is done;
one that is streamed is hashed on its way, and again when it comes a second time.
"""

import re
from collections.abc import Callable
from functools import partial, wraps
from hashlib import sha256
from typing import Any
from uuid import uuid4

from flask import Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from service.facade.api.context import caller, resources
from service.facade.api.sent_bodies import HashedStream
from service.facade.domain.idempotency import Answer, Asked, Body, Key
from service.facade.problems import InvalidRequest, Problem, at_parameter
from service.facade.usecases.idempotency import held, let_go, reused, settle

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_FITTING = re.compile(r"[\x21-\x7e]{1,256}")
_BLOCK_BYTES = 256 * 1024
_NO_BODY = Body("", 0)  # a short one is part of what the key belongs to
_OF_THIS_TIME = ("content-length", "date")
View = Callable[..., Any]


def client_token() -> str:
    """The upstream's ClientToken for this request, 64 hexadecimal digits: the same for each attempt with the same key,
    so that a request whose process died creates nothing twice; without a key another one for every request."""
    if "client_token" not in g:
        g.client_token = uuid4().hex * 2
    return g.client_token


def begun_before() -> bool:
    """Whether an earlier attempt at this request was given up without an answer: it may have done its work."""
    return g.get("begun_before", False)


def once_per_key(view: View, *, streams: bool) -> View:
    """The view, carried out once for each key of a team; `streams` when it reads its body piece by piece.

    Raises:
        InvalidRequest: for a key that is none.
        IdempotencyKeyReused, RequestInFlight, DatabaseUnavailable
    """

    @wraps(view)
    def handled(*arguments: Any, **names: Any) -> Any:
        key = _key()
        if key is None:
            return view(*arguments, **names)
        with held(resources(), key, _asked(streams)) as asked:
            body = _hashed_body() if streams else None
            if asked.answer:
                return _answered_before(asked, key, body)
            g.begun_before, g.client_token = not asked.is_new, key.client_token(asked.begun_at)
            return _carry_out(partial(view, *arguments, **names), key, body)

    return handled


def _key() -> Key | None:
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not _FITTING.fullmatch(key):
        detail = f"An {HEADER} has 1 to 256 visible ASCII characters."
        raise InvalidRequest(detail, errors=[at_parameter(HEADER, detail)])
    return Key(caller().team, key)


def _asked(streams: bool) -> str:
    """What the key belongs to."""
    address = f"{request.method} {request.full_path} {request.mimetype}"
    return address if streams else f"{address} {sha256(request.get_data()).hexdigest()}"


def _hashed_body() -> HashedStream:
    """From now on the body goes through this."""
    body = HashedStream(request.environ["wsgi.input"], request.mimetype_params.get("boundary", ""))
    request.environ["wsgi.input"] = body
    return body


def _carry_out(view: Callable[[], Any], key: Key, body: HashedStream | None) -> Response:
    """What was refused frees its key. What failed on our side may have been done all the same: its key stays with it,
    to be sent again."""
    try:
        response = current_app.make_response(view())
    except (Problem, HTTPException) as refusal:
        if _status(refusal) < 500:
            let_go(resources(), key)
        raise
    if response.status_code < 300:
        settle(resources(), key, _read_to_its_end(body) if body else _NO_BODY, _as_answer(response))
    return response


def _status(refusal: Problem | HTTPException) -> int:
    return refusal.status if isinstance(refusal, Problem) else refusal.code or 500


def _answered_before(earlier: Asked, key: Key, body: HashedStream | None) -> Response:
    if body and _read_to_its_end(body, earlier.body.size) != earlier.body:
        raise reused(key, "with another body")
    answer = earlier.answer
    return Response(answer.body, status=answer.status, headers=[*answer.headers, (REPLAYED, "true")])


def _read_to_its_end(body: HashedStream, most_bytes: int | None = None) -> Body:
    """What was sent; a body that is longer than `most_bytes` is another one and is not read on."""
    while (most_bytes is None or body.size <= most_bytes) and request.stream.read(_BLOCK_BYTES):
        pass
    return body.body()


def _as_answer(response: Response) -> Answer:
    headers = tuple((name, value) for name, value in response.headers if name.lower() not in _OF_THIS_TIME)
    return Answer(response.status_code, headers, response.get_data())
