"""What the rooms hand to each other: notes, pitches, settings, snapshot, small files."""
