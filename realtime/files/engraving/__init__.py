"""Scores on paper: pages of a MusicXML file, made by a process of its own."""
