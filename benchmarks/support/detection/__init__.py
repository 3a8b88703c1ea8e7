"""What `benchmarks/detection.py` measures: labelled series, methods in processes of their own, measures, tables."""
