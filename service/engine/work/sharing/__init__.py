"""Datasets and models on their way between accounts, and between engines as files."""
