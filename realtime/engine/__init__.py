"""Conducts source, chain, MIDI, take and snapshot, in a process of its own."""
