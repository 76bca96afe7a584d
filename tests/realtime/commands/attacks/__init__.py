"""Faults that a user would notice, provoked on `jtm` as a user starts it, with real servers."""
