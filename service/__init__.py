"""Scheduled anomaly detection for industrial equipment: a REST facade and a self-hosted engine."""

__version__ = "0.1.0"
