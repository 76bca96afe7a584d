"""What a network makes of sound, for other programs to learn from."""
