"""What a process has loaded when it is ready lasts until it ends."""

import gc


def keep_what_is_loaded(**_: object) -> None:
    """Spare the garbage collector what is there by now. May be connected to a signal.

    A look at all of it takes 70 ms, in which no thread of the process works, and at its end several times as long.
    """
    gc.freeze()
