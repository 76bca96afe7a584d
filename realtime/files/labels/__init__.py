"""Label files of any origin: tables and MIDI, read alike for training, doctor and scores."""
