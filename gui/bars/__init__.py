"""What stands below the roll: transport, notes that sound, state."""
