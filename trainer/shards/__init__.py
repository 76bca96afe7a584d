"""Recordings as arrays on disk: decoded, checked, split and packed."""
