"""The Polish texts, one table for each part of the window."""
