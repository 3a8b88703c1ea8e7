"""What a piece of work cannot do anything about: the data or the set-up is wrong, and its owner has to act."""

from service.engine.objects import ObjectsUnavailable
from service.engine.store.database import DatabaseAway

NeighbourAway = (ObjectsUnavailable, *DatabaseAway)
"""What is raised while S3 or the database is away: nothing is decided, and the sweep sends the piece again."""


class InputProblem(Exception):
    """The message is the FailedReason: what is wrong, where, and what to do."""


LONGEST_REASON = 5000  # characters, a bound of the service model


def as_reason(error: Exception | str) -> str:
    """The FailedReason of an error, within the bound."""
    text = str(error)
    return text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 1] + "…"


def engine_failed(error: Exception) -> str:
    """The FailedReason of a fault that is nobody's but ours."""
    return f"The engine itself failed: {type(error).__name__}. Its log has the details."
