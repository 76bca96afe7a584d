"""Words and guesses about music, without Qt."""
