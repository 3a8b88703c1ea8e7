"""Whether this process was told to end: answers without an end of their own watch it."""

from threading import Event

stopping = Event()
