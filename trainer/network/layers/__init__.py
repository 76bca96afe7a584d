"""Causal building blocks that take their past and return it."""
