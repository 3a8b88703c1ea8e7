"""All checks at once, each bounded in time, none in the way of another."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLate
from dataclasses import replace
from threading import Thread

from service.doctor.findings import Check, Finding, View, failed, skipped

BOUND_SECONDS = 15.0
Found = dict[str, list[Finding]]
_Awaited = dict[str, Future[list[Finding]]]


def examine(view: View, checks: Sequence[Check], bound: float = BOUND_SECONDS) -> Found:
    """What each check found, in their order. A check that takes longer than `bound` seconds has failed by that."""
    awaited: _Awaited = {check.name: Future() for check in checks}
    for check in checks:
        _in_background(awaited[check.name], lambda check=check: _look(check, view, awaited, bound))
    return {name: future.result() for name, future in awaited.items()}


def _look(check: Check, view: View, awaited: _Awaited, bound: float) -> list[Finding]:
    before = {name: awaited[name].result() for name in (*check.needs, *check.after)}
    if missing := [name for name in check.needs if _is_ill(before[name])]:
        return [skipped(f"Not looked at: see {', '.join(missing)}.")]
    seen = replace(view, failed=frozenset(name for name, findings in before.items() if _is_ill(findings)))
    answer: Future[list[Finding]] = Future()
    _in_background(answer, lambda: list(check.look(seen)))
    try:
        return answer.result(timeout=bound)
    except TooLate:
        return [failed(f"This could not be told within {bound:g} seconds.", "Look whether the machine is overloaded.")]
    except Exception as error:  # whatever it is, it hides nothing that others find
        return [failed(f"This could not be looked at: {error!r}.", "Report this as a mistake of `lookout doctor`.")]


def _is_ill(findings: Iterable[Finding]) -> bool:
    """Or was not looked at, because something before it is ill."""
    return any(finding.status in ("failed", "skipped") for finding in findings)


def _in_background(answer: Future[list[Finding]], work: Callable[[], list[Finding]]) -> None:
    """In a thread that keeps no process from ending."""

    def run() -> None:
        try:
            answer.set_result(work())
        except BaseException as error:
            answer.set_exception(error)

    Thread(target=run, daemon=True).start()
