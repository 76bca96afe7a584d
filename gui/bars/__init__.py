"""Bars below the roll: transport, sounding notes, status."""
