"""Which queue and which task a piece of work goes to, and the messages that there may be work."""

from collections.abc import Iterable

from service.engine.resources import INFERENCE, TRAINING, Queue
from service.engine.store.unfinished import Piece

TASKS = {
    "execution": (INFERENCE, "run_execution"),
    "replay": (INFERENCE, "run_replay"),
    "ingestion": (TRAINING, "run_ingestion"),
    "training": (TRAINING, "run_training"),
    "import": (TRAINING, "run_import"),
    "export": (TRAINING, "run_export"),
    "training_piece": (TRAINING, "run_training_piece"),
}


def nudge(queue: Queue, pieces: Iterable[Piece]) -> None:
    """Send a message for each piece. Call it after the commit: whoever gets the message reads the row."""
    for piece in pieces:
        where, task = TASKS[piece.kind]
        queue.send(where, task, piece.id)
