"""How it sounds: SoundFonts, one-shots, rooms, backgrounds, speech."""
