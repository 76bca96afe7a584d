"""A run folder as one page of curves and pictures."""
