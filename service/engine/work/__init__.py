"""One due piece of work at a time: claim, fetch, compute, write, record."""
