"""The few MIDI numbers we use, and what the guardian of a port reports."""

from dataclasses import dataclass

NOTE_OFF, NOTE_ON, CONTROL, PITCH_WHEEL = 0x80, 0x90, 0xB0, 0xE0
"""Status bytes; the channel (0-15) is added."""
ALL_SOUND_OFF, ALL_NOTES_OFF = 120, 123
"""Controllers that end all sound and all notes of a channel."""
ACTIVE_SENSING = 0xFE
"""Says that we are there: a receiver that misses it for 0.3 s ends every note by itself."""
HEARTBEAT = b"\xf9\0\0"
"""Sign of life, from engine to guardian alone: a status byte that MIDI leaves undefined."""
HEARTBEAT_SECONDS = 0.1
HANG_SECONDS = 0.3
"""Engine and guardian each take the other for hung that could speak and does not for so long."""
SUSPECT_SECONDS = 0.15
"""A guardian that is silent for so long gets a successor, to be ready where it does hang."""
LONGEST_LOOK_SECONDS = 0.2
"""Most that one look at the other's silence counts: after more it was ourselves who did not run."""


@dataclass(frozen=True, slots=True)
class PortOpened:
    """The guardian has opened the port of this name."""

    name: str


@dataclass(frozen=True, slots=True)
class StillThere:
    """Heartbeat of the guardian, every `HEARTBEAT_SECONDS`."""


WHEEL_CENTRE = 8192
BEND_SEMITONES = 2
"""What the wheel reaches; what most synthesizers take for granted."""


def wheel(cents: float) -> int:
    """Bend in cents -> position of the pitch wheel, 0 to 16383 with 8192 in the middle."""
    return min(max(round(WHEEL_CENTRE * (1 + cents / (100 * BEND_SEMITONES))), 0), 16383)


def bend_range() -> tuple[tuple[int, int], ...]:
    """(controller, value): registered parameter 0 is `BEND_SEMITONES`, then none is chosen."""
    return ((101, 0), (100, 0), (6, BEND_SEMITONES), (38, 0), (101, 127), (100, 127))
