"""What an ingestion finds out about the data: statistics of each sensor, the summary, and the issues in words."""
