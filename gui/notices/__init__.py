"""What the window tells its user, and the strips that show it."""
