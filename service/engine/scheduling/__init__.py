"""Pure rules of the schedule: when it wakes, which window it reads, which files belong to that window. No I/O."""
