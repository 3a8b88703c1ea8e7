"""The commands of `lookout` that use the REST API. They know HTTP and nothing of what is behind it."""
