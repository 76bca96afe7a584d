"""Note events to a MIDI port, through a guardian process that ends every note."""
