"""Learning a player's instrument on his own machine, in numpy: recording in, head weights out."""
