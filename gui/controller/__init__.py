"""The only place that talks to the engine: a snapshot in, a frame to draw out."""
