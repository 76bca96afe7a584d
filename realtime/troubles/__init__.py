"""What went wrong, as a code with values, and the error that carries it to a user."""
