"""What a player recorded: cut into notes, named, checked, and drawn."""
