"""`lookout demo` from nothing to its ready line, and once more."""

import pytest

# The demo is started once, for the first test that wants it: all of them belong into one process.
pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("demo")]


def test_the_demo_shows_the_fault(demo):
    assert len(_anomalies(demo.first)) > 8
    assert any("<- the fault begins" in line for line in demo.first.lines)
    [summary] = [line for line in demo.first.lines if "of the fault's 36 windows are anomalous" in line]
    assert int(summary.split()[0]) >= 34
    assert float(summary.partition("; ")[2].partition("%")[0]) >= 95


def test_the_demo_serves_what_it_shows(demo):
    executions = demo.now.get("/v1/schedulers/demo-pump/executions?status=SUCCESS&limit=100")["executions"]
    assert len(executions) == 100
    table = _anomalies(demo.first)
    amid_the_fault = table[len(table) // 2][:16].replace(" ", "T") + ":00Z"
    asked = f"/v1/schedulers/demo-pump/predictions?start_time={amid_the_fault}&contributors=3&limit=1"
    [prediction] = demo.now.get(asked)["predictions"]
    assert prediction["anomaly_score"] > 0.5
    shares = [part["value"] for part in prediction["diagnostics"]]
    assert shares == sorted(shares, reverse=True)
    assert len(shares) == 3


def test_the_demo_ends_by_ctrl_c_and_is_found_again(demo):
    assert demo.first.process.returncode == 0
    assert demo.restart_seconds < 60
    assert any("Found the demo of" in line for line in demo.now.lines)
    assert _anomalies(demo.now) == _anomalies(demo.first)


def _anomalies(lookout) -> list[str]:
    return [line for line in lookout.lines if " ANOMALY " in line]
