"""What operators are told: counters of events in this process, and figures asked for when somebody scrapes.

The only room that knows prometheus_client. Each house declares its own metrics with `declaring` and answers `/metrics`
with `exposition`; a process without an HTTP server of its own has one by `port`. Names follow the conventions of
Prometheus: `lookout_…_total` for counters, base units (`_seconds`, `_bytes`), no units in labels.
"""
