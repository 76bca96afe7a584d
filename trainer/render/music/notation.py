"""What a performance is before it sounds: notes in seconds, grouped into parts."""

from dataclasses import dataclass, field

SAMPLE_RATE = 16_000
"""Rate of everything that is rendered, in Hz."""

LOWEST, HIGHEST = 21, 108
"""MIDI pitches of the piano's outer keys."""


@dataclass(frozen=True, slots=True)
class PartNote:
    """One note of a part: seconds from the start of the clip, MIDI pitch, velocity 0..1."""

    onset: float
    offset: float
    pitch: int
    velocity: float


@dataclass(frozen=True)
class Part:
    """The notes of one player, in any order."""

    notes: tuple[PartNote, ...]
    role: str = "keys"
    """One of "keys", "lead", "bass", "chords"."""
    pedal: tuple[tuple[float, float], ...] = ()
    """Stretches (from, to) in seconds with the sustain pedal down."""


@dataclass(frozen=True)
class Score:
    """Several players at once, and the id of the piece ("" when invented)."""

    parts: tuple[Part, ...]
    song: str = ""
    notes: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "notes", sum(len(part.notes) for part in self.parts))
