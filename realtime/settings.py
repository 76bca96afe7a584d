"""What a player may choose, with one meaning and one unit for window, command line and API."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EngineSettings:
    """Settings of the live engine. Frozen: a change is a new object given to `apply`."""

    input: str = ""
    """Input by name ("HOST API: NAME" or NAME), or a sound file; "" is the system default."""
    input_channel: int = 0
    """Channel of the input to listen to (1-8); 0 is the mean of all."""
    midi_out: str = ""
    """MIDI port by name, "virtual" for a port of our own, "" for none."""
    model: str = ""
    """Path of an exported model; "" is the bundled one."""
    latency_ms: float | None = None
    """Longest look-ahead allowed, in milliseconds; None is the model's default."""
    record: str = ""
    """Folder for takes; "" is the user's own takes folder."""
    gain_db: float = 0.0
    """Input gain in decibels (-40 to 40)."""
    sensitivity: float = 0.5
    """0 hears only clear notes, 1 hears everything; 0.5 is the model's tuning."""
    minimum_note_ms: float = 0.0
    """A note is held at least this long, in milliseconds; never shorter than the model's tuning."""
    lowest_pitch: int = 21
    """Lowest MIDI pitch that is sent."""
    highest_pitch: int = 108
    """Highest MIDI pitch that is sent."""
    transpose: int = 0
    """Semitones added to what is sent (-48 to 48); the roll shows what is heard."""
    channel: int = 1
    """MIDI channel, 1-16."""
