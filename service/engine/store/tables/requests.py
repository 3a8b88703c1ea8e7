"""What belongs to requests more than to one kind of resource."""

from sqlalchemy import Column, String, Table

from service.engine.store.tables.columns import JSON, made, metadata

tags = Table(
    "tags",
    metadata,
    Column("resource_arn", String(1011), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("value", String(256), nullable=False),
)

client_tokens = Table(
    "client_tokens",
    metadata,
    Column("account_id", String(12), primary_key=True),
    Column("region", String(64), primary_key=True),
    Column("operation", String(64), primary_key=True),
    Column("token", String(256), primary_key=True),
    Column("request_digest", String(64), nullable=False),
    Column("answer", JSON, nullable=False),
    made(),
)
