"""Checks run at once, and none is in the way of another."""

import time
from collections.abc import Iterator

from service.doctor.examination import examine
from service.doctor.findings import Check, Finding, View, failed, ok
from service.doctor.keys import look_at_addresses
from service.settings import Settings

VIEW = View(Settings(), Settings())


def well(_: View) -> Iterator[Finding]:
    yield ok("well")


def ill(_: View) -> Iterator[Finding]:
    yield failed("ill", "mend it")


def broken(_: View) -> Iterator[Finding]:
    raise RuntimeError("a mistake of ours")
    yield


def hanging(_: View) -> Iterator[Finding]:
    time.sleep(30)
    yield ok("too late")


def test_a_check_that_hangs_or_breaks_hides_nothing_that_others_find():
    began = time.monotonic()
    found = examine(VIEW, [Check("hanging", hanging), Check("broken", broken), Check("well", well)], bound=0.2)

    assert time.monotonic() - began < 5
    assert list(found) == ["hanging", "broken", "well"]
    assert found["well"] == [ok("well")]
    assert "within 0.2 seconds" in found["hanging"][0].detail
    assert "a mistake of ours" in found["broken"][0].detail


def test_what_stands_on_something_ill_is_not_looked_at_and_says_where_the_cause_is():
    checks = [Check("c", well, needs=("b",)), Check("a", ill), Check("b", well, needs=("a",))]
    found = examine(VIEW, checks)

    assert [found[name][0].status for name in ("a", "b", "c")] == ["failed", "skipped", "skipped"]
    assert found["b"][0].detail == "Not looked at: see a."


def test_a_check_may_come_after_others_and_know_which_are_ill():
    def told(view: View) -> Iterator[Finding]:
        yield ok(", ".join(sorted(view.failed)))

    checks = [Check("told", told, after=("a", "b")), Check("a", ill), Check("b", well)]
    assert examine(VIEW, checks)["told"] == [ok("a")]


def test_addresses_are_told_without_user_and_password():
    view = View(Settings(), Settings(bind_host="0.0.0.0", s3_endpoint_url="http://minio:hunter2@127.0.0.1:9000"))
    said = " ".join(finding.detail for finding in look_at_addresses(view))
    assert "http://127.0.0.1:9000" in said
    assert "hunter2" not in said
