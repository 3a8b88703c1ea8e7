"""One ingestion: the CSV files of a dataset become the engine's own copy, and what they are like is told."""
