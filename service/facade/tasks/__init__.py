"""Celery tasks: thin over use cases. A module registers its tasks on an app; nothing is sent by importing a task."""
