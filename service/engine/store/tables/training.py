"""Trainings of more data than one task takes: the pieces they are made of."""

from sqlalchemy import Column, ForeignKeyConstraint, Index, Integer, String, Table

from service.engine.store.tables.columns import attempts, made, metadata, nudged

training_pieces = Table(
    "training_pieces",
    metadata,
    Column("id", String(120), primary_key=True),  # <model id>/<version>/<step>/<number>
    Column("model_id", String(36), nullable=False),
    Column("version", Integer, nullable=False),
    Column("step", String(48), nullable=False),
    Column("number", Integer, nullable=False),  # of the portion of the data
    Column("status", String(16), nullable=False),  # PENDING, SUCCESS; of one that fails the whole training fails
    attempts(),
    nudged(),
    made(),
    ForeignKeyConstraint(
        ["model_id", "version"], ["model_versions.model_id", "model_versions.version"], ondelete="CASCADE"
    ),
    Index(None, "model_id", "version"),
)
