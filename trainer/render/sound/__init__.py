"""What rendered music sounds like: SoundFonts, one-shots, rooms, backgrounds, speech."""
