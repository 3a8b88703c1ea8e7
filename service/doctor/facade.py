"""The facade's process: whether it answers at its port, and finds itself ready."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError, TimeoutError

from service.commands import health_url
from service.doctor.findings import Finding, View, failed, ok, warning
from service.doctor.ports import holder_of

_SECONDS = 5.0
_CHECKED_BY = {  # what /readyz calls it -> our own checks that say the same
    "database": {"facade database"},
    "migrations": {"facade database"},
    "redis": {"redis"},
    "upstream": {"engine"},
    "staging_bucket": {"s3"},
    "worker": {"workers", "facade database"},  # workers leave a word in the database
}


def look_at_facade(view: View) -> Iterator[Finding]:
    url = health_url(view.settings, "facade")
    where = url.removesuffix("/healthz")
    try:
        answer = _get(url)
    except NewConnectionError:
        yield failed(f"Nothing listens at {where}.", "lookout run facade")
    except TimeoutError:
        yield failed(f"What listens at {where} does not answer: {_holder(view)} hangs.", "Restart it.")
    except HTTPError:
        yield _another(view, where)
    else:
        if answer.headers.get("X-Request-Id") and answer.status == 200:
            yield ok(f"The facade answers at {where}.")
        else:
            yield _another(view, where)


def look_at_readiness(view: View) -> Iterator[Finding]:
    """What the facade says of its neighbours, where it is not what was found from here."""
    answer = _get(health_url(view.settings, "facade").replace("/healthz", "/readyz"))
    if answer.status not in (200, 503):
        detail = f"The facade cannot tell whether it is ready: /readyz answers {answer.status}."
        yield failed(detail, f"See its log under the request id {answer.headers.get('X-Request-Id')}.")
        return
    checks = json.loads(answer.data)["checks"]
    ill = {name: check for name, check in checks.items() if check["status"] != "ok"}
    news = {name: check for name, check in ill.items() if not _CHECKED_BY.get(name, set()) & view.failed}
    for name, check in news.items():
        detail = f"The facade cannot do with {name} ({check['reason']}), though from here all is well with it."
        mend = "Does it run with other settings than these? Restart it: lookout run facade"
        yield failed(detail, mend) if check["needed"] else warning(detail, mend)
    if not ill:
        yield ok("The facade says that it is ready.")
    elif not news:
        yield ok("The facade says the same of its neighbours.")


def _get(url: str) -> urllib3.BaseHTTPResponse:
    return urllib3.PoolManager(retries=False).request("GET", url, timeout=_SECONDS, redirect=False)


def _another(view: View, where: str) -> Finding:
    detail = f"At {where} listens another program: {_holder(view)}."
    return failed(detail, "End it, or choose another port with LOOKOUT_FACADE_PORT.")


def _holder(view: View) -> str:
    return holder_of(urlsplit(health_url(view.settings, "facade")).port or 0)
