"""What the rooms hand to each other: notes, pitches, settings and their ranges, the snapshot."""
