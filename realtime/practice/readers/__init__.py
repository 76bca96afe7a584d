"""Readers of pieces: MIDI files, and scores in MusicXML."""
