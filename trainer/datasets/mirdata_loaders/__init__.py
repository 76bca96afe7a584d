"""Corpora that mirdata has a loader for."""
