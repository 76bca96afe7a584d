"""Pages that take the place of the live roll, and the ways to them."""
