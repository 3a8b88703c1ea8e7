"""Datasets and the jobs that fill them."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint

from service.engine.store.tables.columns import JSON, attempts, changed, instant, made, metadata, nudged, scope_columns

datasets = Table(
    "datasets",
    metadata,
    Column("id", String(36), primary_key=True),  # UUID, the tail of the ARN
    *scope_columns(),
    Column("name", String(200), nullable=False),
    Column("schema", JSON),  # {"Components": [...]}; null until an ingestion finds it
    Column("status", String(32), nullable=False),
    Column("server_side_kms_key_id", Text),
    Column("current_job_id", String(32)),  # work: the ingestion whose copy is the dataset's content
    made(),
    changed(),
    UniqueConstraint("account_id", "region", "name"),
)

ingestion_jobs = Table(
    "ingestion_jobs",
    metadata,
    Column("id", String(32), primary_key=True),  # 32 hex, the JobId
    Column("dataset_id", ForeignKey("datasets.id", ondelete="CASCADE"), nullable=False),
    Column("input_configuration", JSON),  # null where the content is imported; so is the role
    Column("role_arn", Text),
    Column("source_dataset_arn", Text),  # of an import alone
    Column("status", String(32), nullable=False),
    Column("status_detail", Text),
    Column("failed_reason", Text),
    Column("data_quality_summary", JSON),
    Column("ingested_files_summary", JSON),
    Column("ingested_data_size", BigInteger),
    Column("copy_prefix", Text),  # where the service copy lies in the engine's bucket
    instant("data_start_time"),
    instant("data_end_time"),
    attempts(),
    nudged(),
    made(),
    instant("finished_at"),
    Index(None, "dataset_id", "created_at"),
)
