"""Label groups, and the labels in them."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, UniqueConstraint

from service.engine.store.tables.columns import JSON, changed, instant, made, metadata, scope_columns

label_groups = Table(
    "label_groups",
    metadata,
    Column("id", String(36), primary_key=True),  # UUID, the tail of the ARN
    *scope_columns(),
    Column("name", String(200), nullable=False),
    Column("fault_codes", JSON, nullable=False),  # ["bearing", ...], in the order they were given
    made(),
    changed(),
    UniqueConstraint("account_id", "region", "name"),
)

labels = Table(
    "labels",
    metadata,
    Column("id", String(32), primary_key=True),  # 32 hex, the LabelId
    Column("label_group_id", ForeignKey("label_groups.id", ondelete="CASCADE"), nullable=False),
    instant("start_time", nullable=False),
    instant("end_time", nullable=False),
    Column("rating", String(16), nullable=False),
    Column("fault_code", Text),
    Column("notes", Text),
    Column("equipment", Text),
    made(),
    Index(None, "label_group_id", "start_time"),
)
