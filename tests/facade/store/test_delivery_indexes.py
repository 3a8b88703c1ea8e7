"""Which index the planner takes for the next delivery of a webhook, among many that have ended."""

from datetime import UTC, datetime

from sqlalchemy import event, text

from service.facade.store import deliveries
from service.facade.store.database import connect

WEBHOOKS = """
INSERT INTO webhooks (id, team, url, description, enabled, secrets, seen_sequence, created_by, created_at, updated_at)
SELECT 'webhook-' || n, 'default', 'https://x', '', true, '[]', 0, 'key:x', now(), now()
FROM generate_series(0, 1) AS n"""
DELIVERIES = """
INSERT INTO webhook_deliveries (id, webhook_id, team, message_id, origin, type, body, status, attempts, attempt_count,
    failures, next_attempt_at, created_at, updated_at)
SELECT n, 'webhook-' || n / 10000, 'default', n, 'notification', 'anomaly.opened', '{}', 'queued', '[]', 0, 0,
    CASE WHEN n >= 9000 THEN now() END, now(), now() FROM generate_series(0, 10999) AS n"""


def test_the_next_delivery_is_found_without_a_look_at_those_that_have_ended(fresh_facade_database_url):
    database, sent = connect(fresh_facade_database_url, connections=1), []
    with database.begin() as db:
        for statement in (WEBHOOKS, DELIVERIES, "ANALYZE webhook_deliveries"):
            db.execute(text(statement))
        event.listen(db, "before_cursor_execute", lambda _c, _u, sql, values, *_: sent.append((sql, values)))
        found = deliveries.next_due(db, "webhook-1", datetime.now(UTC))
        statement, values = sent[0]
        plan = "\n".join(row[0] for row in db.exec_driver_sql(f"EXPLAIN {statement}", values))
    database.close()
    assert found.id == "10000"
    assert "ix_webhook_deliveries_waiting" in plan
