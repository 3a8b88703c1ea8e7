"""What makes training data useless."""

FEWEST_ROWS = 100


class TrainingError(Exception):
    """The training data cannot be learnt from. The message is a sentence for the user."""


def require_rows(count: int, which: str) -> None:
    """Raise a TrainingError when there are too few rows."""
    if count < FEWEST_ROWS:
        raise TrainingError(f"The training data has {count} rows {which}; at least {FEWEST_ROWS} are needed.")
