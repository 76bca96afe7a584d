"""Passes through a piece, and which second of the sound is which of the score."""
