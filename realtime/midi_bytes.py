"""The few MIDI numbers we use."""

NOTE_OFF, NOTE_ON, CONTROL = 0x80, 0x90, 0xB0
"""Status bytes; the channel (0-15) is added."""
ALL_SOUND_OFF, ALL_NOTES_OFF = 120, 123
"""Controllers."""
