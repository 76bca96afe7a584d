"""One take, large: its notes to look at, hear, edit, refine and save."""
