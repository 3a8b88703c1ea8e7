"""`lookout demo` from nothing to its ready line, and once more."""

import signal
import time

import pytest


@pytest.mark.timeout(300)
def test_the_demo_shows_the_fault_then_serves_and_is_found_again(start, environment):
    first = start("demo").until_ready()
    table = [line for line in first.lines if " ANOMALY " in line]
    assert len(table) > 8
    assert any("<- the fault begins" in line for line in first.lines)
    [summary] = [line for line in first.lines if "of the fault's 36 windows are anomalous" in line]
    assert int(summary.split()[0]) >= 34
    assert float(summary.partition("; ")[2].partition("%")[0]) >= 95

    executions = first.get("/v1/schedulers/demo-pump/executions?status=SUCCESS&limit=100")["executions"]
    assert len(executions) == 100
    amid_the_fault = table[len(table) // 2][:16].replace(" ", "T") + ":00Z"
    asked = f"/v1/schedulers/demo-pump/predictions?start_time={amid_the_fault}&contributors=3&limit=1"
    [prediction] = first.get(asked)["predictions"]
    assert prediction["anomaly_score"] > 0.5
    shares = [part["value"] for part in prediction["diagnostics"]]
    assert shares == sorted(shares, reverse=True)
    assert len(shares) == 3
    first.end(signal.SIGINT)
    assert first.process.returncode == 0

    began = time.monotonic()
    second = start("demo").until_ready()
    assert time.monotonic() - began < 60
    assert any("Found the demo of" in line for line in second.lines)
    assert [line for line in second.lines if " ANOMALY " in line] == table
