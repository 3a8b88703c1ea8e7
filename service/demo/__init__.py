"""The sample machine and the walk through the service that `lookout demo` takes with it."""
