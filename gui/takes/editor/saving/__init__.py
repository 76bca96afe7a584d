"""Saving a take: as a file or as a score on paper."""
