"""The HTTP edge and nothing else: blueprints, one per resource, over the use cases."""
