"""The page on which a piece is practised: choose it, play it, see what was right."""
