"""Everything that runs in production, as real processes that can be killed, frozen and cut off, and work in flight."""
