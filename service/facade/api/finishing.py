"""What every answer carries in the end: headers for browsers and caches, and gzip where it was asked for.

The cached describe passes through here: each line costs every request its microsecond.
"""

from functools import lru_cache

from flask import Flask, Response, g, request
from flask_compress import Compress
from werkzeug.http import parse_accept_header

PAGE_ENDPOINT = "documents.docs"
_FOR_BROWSERS = [  # as the OWASP REST security cheat sheet has them
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Vary", "Authorization, Cookie, Accept-Encoding"),
]
_OWN_FILES = "script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
_FOR_THE_PAGE = [(name, value.replace("default-src 'none'", f"default-src 'none'; {_OWN_FILES}"))
                 for name, value in _FOR_BROWSERS]  # fmt: skip
_LEAST_BYTES = 1000
_PARTIAL_CONTENT = 206  # its bytes are counted in the encoding that it has
_CONFIG = {
    "COMPRESS_REGISTER": False,
    "COMPRESS_MIMETYPES": [
        "application/json", "application/problem+json", "application/x-ndjson", "image/svg+xml",
        "text/css", "text/csv", "text/html", "text/javascript", "text/markdown", "text/plain",
    ],
    "COMPRESS_ALGORITHM": ["gzip"],
    "COMPRESS_ALGORITHM_STREAMING": ["gzip"],
    "COMPRESS_LEVEL": 5,
    "COMPRESS_MIN_SIZE": _LEAST_BYTES,
    "COMPRESS_STREAMING_ENDPOINT_CONDITIONAL": ["documents.swagger_file"],
}  # fmt: skip


def register_finishing(app: Flask) -> None:
    app.config.update(_CONFIG)
    compress = Compress(app)

    @app.after_request
    def finish(response: Response) -> Response:
        if _wants_gzip(request.environ.get("HTTP_ACCEPT_ENCODING", "")) and _may_be_compressed(response):
            response = compress.after_request(response)
        headers = response.headers
        if "page_headers" in g:
            headers.extend(g.page_headers)
        else:
            headers.extend(_FOR_THE_PAGE if request.endpoint == PAGE_ENDPOINT else _FOR_BROWSERS)
        if "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-store"
        return response


def set_page_policy(policy: str, *, framed: bool = False) -> None:
    """Give this answer a Content-Security-Policy of its own, as a page needs one. `framed`: other sites may show it, as
    far as the policy's `frame-ancestors` lets them.

    Without a referrer browsers would send forms of the page with `Origin: null` (Fetch, "append a request Origin
    header"), and nobody could tell them from those of other sites.
    """
    changed = {
        "Content-Security-Policy": policy,
        "Vary": "Authorization, Cookie, Accept-Encoding",
        "Referrer-Policy": "same-origin",
    }
    kept = [(name, changed.get(name, value)) for name, value in _FOR_BROWSERS]
    g.page_headers = [entry for entry in kept if not (framed and entry[0] == "X-Frame-Options")]


@lru_cache(maxsize=256)
def _wants_gzip(accept_encoding: str) -> bool:
    return parse_accept_header(accept_encoding)["gzip"] > 0


def _may_be_compressed(response: Response) -> bool:
    length = response.headers.get("Content-Length")
    return response.status_code != _PARTIAL_CONTENT and (length is None or int(length) >= _LEAST_BYTES)
