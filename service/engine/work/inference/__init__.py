"""One window of a scheduler, run when it is due or replayed: its input read, scored, and the results written."""
