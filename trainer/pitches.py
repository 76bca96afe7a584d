"""The pitches that are transcribed: the piano's keys."""

LOWEST_PITCH = 21
"""MIDI number of the lowest row (A0)."""
PITCHES = 88
