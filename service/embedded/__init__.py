"""Real servers out of wheels, and the supervisor that runs them beside our own processes."""
