"""How a take leaves the program: as a file or on paper."""
