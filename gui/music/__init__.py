"""Names and guesses for notes, chords, keys and instruments, without Qt."""
