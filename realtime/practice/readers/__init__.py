"""Readers of pieces: MIDI files, and scores through Verovio in a process of its own."""
