"""The facade: a REST service in front of any endpoint that speaks the Lookout for Equipment protocol."""
