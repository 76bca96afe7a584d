"""How notes are written in a score: voices, lengths, spelling."""
