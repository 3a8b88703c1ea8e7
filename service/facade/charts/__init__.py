"""Charts as images, drawn by matplotlib: points and events in, bytes out."""
