"""What passes from one account to another: policies, imports and what they bring along, and files."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from service.engine.store.tables.columns import JSON, attempts, changed, instant, made, metadata, nudged

resource_policies = Table(
    "resource_policies",
    metadata,
    Column("resource_arn", String(1011), primary_key=True),
    Column("policy", Text, nullable=False),  # JSON text, as it was sent
    Column("revision_id", String(32), nullable=False),
    made(),
    changed(),
)

# The copying of objects into a dataset or a model version that is IMPORT_IN_PROGRESS.
imports = Table(
    "imports",
    metadata,
    Column("id", String(32), primary_key=True),  # of a dataset's the JobId
    Column("dataset_id", ForeignKey("datasets.id", ondelete="CASCADE")),
    Column("schema", JSON),  # the dataset's, when its content has come
    Column("model_id", String(36)),
    Column("version", Integer),
    Column("source_prefix", Text),  # in the engine's bucket, or
    Column("source_object", JSON),  # {"Bucket", "Key"} of a model file
    Column("source_model_id", String(36)),  # whose inference data come along, by the strategy
    Column("inference_data_import_strategy", String(16)),
    Column("status", String(16), nullable=False),
    attempts(),
    nudged(),
    made(),
    instant("finished_at"),
    ForeignKeyConstraint(
        ["model_id", "version"], ["model_versions.model_id", "model_versions.version"], ondelete="CASCADE"
    ),
    CheckConstraint("(dataset_id IS NULL) <> (model_id IS NULL)", name="one_target"),
    Index(None, "source_prefix", postgresql_where="status = 'IN_PROGRESS'"),
)

# A version on its way into one file in S3.
model_exports = Table(
    "model_exports",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("model_id", String(36), nullable=False),
    Column("version", Integer, nullable=False),
    Column("output_configuration", JSON, nullable=False),
    Column("role_arn", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("failed_reason", Text),
    Column("key", Text),
    Column("size", BigInteger),
    Column("sha256", String(64)),
    attempts(),
    nudged(),
    made(),
    instant("finished_at"),
    ForeignKeyConstraint(
        ["model_id", "version"], ["model_versions.model_id", "model_versions.version"], ondelete="CASCADE"
    ),
    Index("ix_model_exports_unfinished", "created_at", postgresql_where="status = 'IN_PROGRESS'"),
)

# Windows that another model's executions, or those of a scheduler deleted since, read with success: a retraining reads
# their files, too.
imported_inputs = Table(
    "imported_inputs",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("model_id", ForeignKey("models.id", ondelete="CASCADE"), nullable=False),
    instant("data_start_time", nullable=False),
    instant("data_end_time", nullable=False),
    Column("data_input_configuration", JSON, nullable=False),
    Index(None, "model_id", "data_start_time"),
)
