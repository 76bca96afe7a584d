"""What a player may choose, with one meaning and one unit for window, command line and API."""

from dataclasses import dataclass, fields
from typing import Any, Literal

from realtime.errors import UserError
from realtime.pitches import OFF, landing

SOUND_RANGES: dict[str, tuple[float, float]] = {
    "synth_db": (-36, 6),
    "click_bpm": (30, 300),
    "click_beats": (1, 16),
    "click_db": (-36, 6),
    "count_in": (0, 4),
}
"""Lowest and highest value that means something, by field of `SoundSettings`."""


@dataclass(frozen=True, kw_only=True)
class SoundSettings:
    """The sound output. Off at first: a microphone hears loudspeakers, so use headphones."""

    synth: bool = False
    """Play the notes on the built-in synth as they are heard. Use headphones: what loudspeakers
    play comes back through the microphone as new notes."""
    synth_db: float = -6.0
    """Level of the synth in decibels (-36 to 6)."""
    click: bool = False
    """Play a click track."""
    click_bpm: float = 120.0
    """Tempo of the click, in beats a minute (30-300). `jtm live` plays a click where this is
    named."""
    click_beats: int = 4
    """Beats a bar (1-16); the first is higher."""
    click_db: float = -12.0
    """Level of the click in decibels (-36 to 6)."""
    count_in: int = 1
    """Bars that are counted before a take begins while there is a click (0-4)."""
    sound_out: str = ""
    """Output by name (see `jtm devices`); "" is the system default."""

    def check_sound(self) -> None:
        """Refuse what lies outside `SOUND_RANGES`.

        Raises:
            UserError: naming the option, its value and what it may be.
        """
        for name, (low, high) in SOUND_RANGES.items():
            value = getattr(self, name)
            if not low <= value <= high:
                option = "--" + name.replace("_", "-")
                raise UserError(f"{option} is {value:g}; it may be {low:g} to {high:g}.")


RANGES: dict[str, tuple[float, float]] = {
    "gain_db": (-40, 40),
    "gate_db": (-120, 0),
    "a4_hz": (415, 466),
    "sensitivity": (0, 1),
    "minimum_note_ms": (0, 2000),
    "retrigger_ms": (0, 2000),
    "lowest_pitch": (0, 127),
    "highest_pitch": (0, 127),
    "most_notes_per_second": (1, 1000),
    "velocity_fixed": (0, 127),
    "velocity_curve": (0.1, 10),
    "velocity_min": (1, 127),
    "velocity_max": (1, 127),
}
"""Lowest and highest value that means something, by field of `NoteSettings`."""


@dataclass(frozen=True, kw_only=True)
class NoteSettings:
    """How sound is taken and notes are given: the same for microphone and file."""

    gain_db: float = 0.0
    """Input gain in decibels (-40 to 40)."""
    gate_db: float = -120.0
    """Input softer than this, in dBFS after the gain, is taken for silence; -120 is off."""
    a4_hz: float = 440.0
    """Tuning of the instrument: frequency of its A above middle C (415-466)."""
    sensitivity: float = 0.5
    """0 hears only clear notes, 1 hears everything; 0.5 is the model's tuning."""
    minimum_note_ms: float = 0.0
    """A note is held at least this long, in milliseconds; never shorter than the model's tuning."""
    retrigger_ms: float = 0.0
    """Shortest distance between two onsets of one pitch, in milliseconds; never shorter than the
    model's tuning."""
    lowest_pitch: int = 21
    """Lowest MIDI pitch that is sent."""
    highest_pitch: int = 108
    """Highest MIDI pitch that is sent."""
    mono: bool = False
    """One note at a time: a new one ends the one before; of several at once the loudest."""
    scale: str = OFF
    """Notes are kept to this scale: major, minor, harmonic-minor, melodic-minor, major-pentatonic,
    minor-pentatonic, blues, dorian, phrygian, lydian, mixolydian, whole-tone; chromatic is off."""
    scale_root: str = "C"
    """First note of the scale: C, C#, D, ... B, or Db, Eb, Gb, Ab, Bb."""
    outside_scale: str = "adjust"
    """A note outside the scale: "adjust" moves it to the nearest note of the scale (the lower of
    two) within the range, "remove" leaves it out."""
    most_notes_per_second: int = 128
    """Note-ons beyond this are left out, with their offs (1-1000)."""
    velocity_fixed: int = 0
    """Every note is this loud (1-127); 0 takes the loudness that is heard."""
    velocity_curve: float = 1.0
    """Exponent of the loudness: below 1 lifts soft notes, above 1 lowers them (0.1-10)."""
    velocity_min: int = 1
    """MIDI velocity of the softest note (1-127)."""
    velocity_max: int = 127
    """MIDI velocity of the loudest note (1-127)."""

    def check(self) -> None:
        """Refuse what lies outside `RANGES`, and scales that nobody knows.

        Raises:
            UserError: naming the option, its value and what it may be.
        """
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if not low <= value <= high:
                option = "--" + name.replace("_", "-")
                raise UserError(f"{option} is {value:g}; it may be {low:g} to {high:g}.")
        self.landing()

    def landing(self) -> tuple[int, ...]:
        """Where each of the 128 MIDI pitches goes; see `realtime.pitches.landing`.

        Raises:
            UserError: if scale, root or what to do outside is not known.
        """
        low, high = self.lowest_pitch, self.highest_pitch
        return landing(self.scale, self.scale_root, self.outside_scale, low, high)

    def note_settings(self) -> dict[str, Any]:
        """These fields alone, by name."""
        return {field.name: getattr(self, field.name) for field in fields(NoteSettings)}


@dataclass(frozen=True, kw_only=True)
class EngineSettings(NoteSettings, SoundSettings):
    """Settings of the live engine. Frozen: a change is a new object given to `apply`."""

    input: str = ""
    """Input by name ("HOST API: NAME" or NAME), or a sound file; "" is the system default."""
    input_channel: int = 0
    """Channel of the input to listen to (1-8); 0 is the mean of all."""
    midi_out: str = ""
    """MIDI port by name, "virtual" for a port of our own, "" for none."""
    active_sensing: bool = False
    """The MIDI port says three times a second and more that it is there, so that a receiver that
    knows Active Sensing ends all notes where it stops."""
    midi_muted: bool = False
    """Nothing is sent for now, and what sounds ends: for a take that plays beside a microphone."""
    synth_muted: bool = False
    """The synth is silent for now, and what sounds ends: for a take that plays."""
    transpose: int = 0
    """Semitones added to what is sent (-48 to 48); the roll shows what is heard."""
    channel: int = 1
    """MIDI channel, 1-16."""
    pitch_bend: Literal["off", "single"] = "off"
    """"single" sends the pitch of a note that sounds alone as pitch bend, vibrato and slides of up
    to 70 cents, with a range of 2 semitones; takes hold it too."""
    model: str = ""
    """Name of a taught instrument, or file of one or of a model; "" is the bundled model."""
    latency_ms: float | None = None
    """Longest look-ahead allowed, in milliseconds; None is the model's default."""
    record: str = ""
    """Folder for takes; "" is the user's own takes folder."""
    keep_sound: bool = True
    """Takes hold their sound beside their notes."""
    instrument: str = ""
    """What is played, as takes shall say it; "" says nothing."""
