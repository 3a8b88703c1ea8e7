"""Charts as images, drawn by matplotlib: points and events in, bytes out. Nothing is imported before the first one."""
