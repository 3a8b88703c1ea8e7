"""What ingestion jobs find out about the sensors."""

from sqlalchemy import Column, ForeignKey, String, Table

from service.engine.store.tables.columns import JSON, instant, metadata

sensor_statistics = Table(
    "sensor_statistics",
    metadata,
    Column("job_id", ForeignKey("ingestion_jobs.id", ondelete="CASCADE"), primary_key=True),
    # Listed in the order of texts, whatever the language of the database: Sensor1, Sensor10, Sensor2.
    Column("component", String(200, collation="C"), primary_key=True),
    Column("sensor", String(200, collation="C"), primary_key=True),
    Column("statistics", JSON, nullable=False),  # in the shape of the wire
    instant("data_start_time"),
    instant("data_end_time"),
)
