"""What the engine and the process that plays for it say to each other, a line of JSON each.

A second of the process is a monotonic one: both ends read the same clock of the system.
"""

from dataclasses import dataclass

from realtime.processes.message_lines import Failed

Cue = tuple[float, int, int]
"""Seconds of the piece, pitch (`CLICK` is no note), velocity (0 ends a note; a click of 2 is the
high one that begins a bar)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How synth, click and piece are to be from the next block on."""

    synth_db: float = 0.0
    """Level of the notes, in decibels."""
    a4_hz: float = 440.0
    """Tuning of the notes that begin from now on."""
    click_db: float = 0.0
    """Level of the click, in decibels."""
    bpm: float = 0.0
    """Beats a minute of the click; 0 stops it."""
    beats: int = 4
    """Beats a bar of the click."""
    number: int = 0
    """Number of the click start; another one than before begins a bar at once."""
    piece: int = 0
    """Number of the piece; another one than before begins it, and 0 ends what plays."""


@dataclass(frozen=True, slots=True)
class PlayNotes:
    """Begin and end notes with the next block."""

    notes: tuple[tuple[int, int], ...]
    """(MIDI pitch, velocity) in order of time; velocity 0 ends the note."""


@dataclass(frozen=True, slots=True)
class BendNotes:
    """Turn the notes that are held; new ones begin at their pitch."""

    cents: float
    """Distance of the notes from their own pitch, in cents."""


@dataclass(frozen=True, slots=True)
class EndNotes:
    """End every note at once."""


@dataclass(frozen=True, slots=True)
class PlayProbe:
    """Play the probe that measures the audio loop; a `ProbePlayed` answers."""

    number: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """Sound these of the piece at their time."""

    cues: tuple[Cue, ...]
    """In order of time, no more than fit into a pipe at once (4 kB)."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The output is open and plays."""

    name: str
    latency_ms: float
    """Milliseconds from handing over a sample to the ear, as the driver says."""


@dataclass(frozen=True, slots=True)
class Beat:
    """The newest bar of the click. Seconds are those at which the output was handed the sample."""

    number: int
    """Number of the click start that the bar belongs to."""
    bpm: float
    beats: int
    """Beats in a bar; the first is stressed."""
    start_s: float
    """Time at which the first bar of this start began."""
    bar_s: float
    """Time at which the newest bar began."""


@dataclass(frozen=True, slots=True)
class ProbePlayed:
    """The newest probe that was played."""

    number: int
    start_s: float
    """Time at which the output was handed its first sample."""
    rate: int
    """Rate of the output, in Hz."""


@dataclass(frozen=True, slots=True)
class PieceBegan:
    """The newest piece that accompanies a player."""

    number: int
    start_s: float
    """Time at which its second 0 was handed to the output."""


Order = Wanted | PlayNotes | BendNotes | EndNotes | PlayProbe | Schedule
ORDERS: tuple[type[Order], ...] = (Wanted, PlayNotes, BendNotes, EndNotes, PlayProbe, Schedule)
Report = Opened | Beat | ProbePlayed | PieceBegan | Failed
REPORTS: tuple[type[Report], ...] = (Opened, Beat, ProbePlayed, PieceBegan, Failed)
