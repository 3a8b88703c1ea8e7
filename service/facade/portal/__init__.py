"""The pages that people look at: rendered here, over the same use cases as the REST routes."""
