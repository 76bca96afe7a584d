"""The window: a PySide6 view of the realtime engine."""
