"""What the facade talks about, as plain frozen dataclasses in the protocol's own words."""
