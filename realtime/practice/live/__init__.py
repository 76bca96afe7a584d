"""Practice while it goes on: what is due when, and what became of it so far."""
