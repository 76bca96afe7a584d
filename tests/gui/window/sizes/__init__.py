"""The window by keys alone: focus, shortcuts, what a screen reader is told."""
