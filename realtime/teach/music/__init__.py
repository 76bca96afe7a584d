"""Music that is learned from and judged by: the player's, and the replay set."""
