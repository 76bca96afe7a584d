"""Notes against notes: scores and tuned thresholds."""
