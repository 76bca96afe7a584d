"""Notes over time, painted; shared by the live view and the take editor."""
