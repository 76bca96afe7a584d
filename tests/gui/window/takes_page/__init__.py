"""The page of takes inside the window."""
