"""What the engine keeps in its own bucket: copies of datasets and trained models."""
