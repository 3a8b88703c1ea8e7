"""What may leave an account."""

from sqlalchemy import Column, String, Table, Text

from service.engine.store.tables.columns import changed, made, metadata

resource_policies = Table(
    "resource_policies",
    metadata,
    Column("resource_arn", String(1011), primary_key=True),
    Column("policy", Text, nullable=False),  # JSON text, as it was sent
    Column("revision_id", String(32), nullable=False),
    made(),
    changed(),
)
