"""Judging what was learned: which weights and thresholds are kept, if any."""
