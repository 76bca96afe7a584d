"""What a player may choose, with one meaning, one unit and one range for every front end.

The annotation of a field holds its range (`realtime.values.ranges`), its docstring the help text;
command line, engine, window and what is remembered read both from here.
"""

from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal, Self

from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.values.pitches import OFF, OUTSIDE, SCALES, landing
from realtime.values.ranges import OneOf, Range, Share, check, option_name

Decibels = Annotated[float, Range(-36, 6, "dB")]
Milliseconds = Annotated[float, Range(0, 2000, "ms")]
Gain = Annotated[float, Range(-40, 40, "dB")]
Tuning = Annotated[float, Range(415, 466, "Hz")]
Semitones = Annotated[int, Range(-48, 48)]
Seconds = Annotated[float, Range(0, unit="s")]
Pitch = Annotated[int, Range(0, 127)]
Velocity = Annotated[int, Range(1, 127)]


class Checked:
    """Settings that refuse values out of range."""

    def check(self) -> None:
        """Refuse values that are out of range or do not fit each other.

        Raises:
            UserError: naming the option, its value and what it may be.
        """
        check(self)


@dataclass(frozen=True, kw_only=True)
class SoundSettings(Checked):
    """The sound output. Off at first: a microphone hears loudspeakers, so use headphones."""

    synth: bool = False
    """Play the notes on the built-in synth as they are heard. Use headphones: what loudspeakers
    play comes back through the microphone as new notes."""
    synth_db: Decibels = -6.0
    """How loud the synth is."""
    click: bool = False
    """Play a click with the beat of the tempo."""
    click_bpm: Annotated[float, Range(30, 300, "BPM")] = 120.0
    """Tempo of the click. `jtm live` plays a click where this is named."""
    click_beats: Annotated[int, Range(1, 16)] = 4
    """Beats a bar; the first is higher."""
    click_db: Decibels = -12.0
    """How loud the click is."""
    count_in: Annotated[int, Range(0, 4)] = 1
    """Bars that are counted before a take begins while there is a click."""
    sound_out: str = ""
    """Output by name (see `jtm devices`); "" is the system default."""


@dataclass(frozen=True, kw_only=True)
class HearingSettings(Checked):
    """What is known of the sound before it is heard."""

    gain_db: Gain = 0.0
    """Gain of the input, before anything is heard."""
    a4_hz: Tuning = 440.0
    """Tuning of the instrument: frequency of its A above middle C."""


@dataclass(frozen=True, kw_only=True)
class NoteSettings(HearingSettings):
    """How sound is taken and notes are given: the same for microphone and file."""

    gate_db: Annotated[float, Range(-120, 0, "dB")] = -120.0
    """Input softer than this, in dBFS after the gain, is taken for silence; -120 is off."""
    sensitivity: Share = 0.5
    """0 hears only clear notes, 1 hears everything; 0.5 is the model's tuning."""
    minimum_note_ms: Milliseconds = 0.0
    """A note is held at least this long, in milliseconds; never shorter than the model's tuning."""
    retrigger_ms: Milliseconds = 0.0
    """Shortest distance between two onsets of one pitch, in milliseconds; never shorter than the
    model's tuning."""
    lowest_pitch: Pitch = 21
    """Lowest MIDI pitch that is sent."""
    highest_pitch: Pitch = 108
    """Highest MIDI pitch that is sent."""
    mono: bool = False
    """One note at a time: a new one ends the one before; of several at once the loudest."""
    scale: Annotated[str, OneOf(tuple(SCALES))] = OFF
    """Notes are kept to this scale; chromatic is off."""
    scale_root: str = "C"
    """First note of the scale: C, C#, D, ... B, or Db, Eb, Gb, Ab, Bb."""
    outside_scale: Annotated[str, OneOf(OUTSIDE)] = "adjust"
    """A note outside the scale: "adjust" moves it to the nearest note of the scale (the lower of
    two) within the range, "remove" leaves it out."""
    most_notes_per_second: Annotated[int, Range(1, 1000)] = 128
    """Note-ons beyond this are left out, with their offs."""
    velocity_fixed: Annotated[int, Range(0, 127)] = 0
    """Every note is this loud; 0 takes the loudness that is heard."""
    velocity_curve: Annotated[float, Range(0.1, 10)] = 1.0
    """Exponent of the loudness: below 1 lifts soft notes, above 1 lowers them."""
    velocity_min: Velocity = 1
    """MIDI velocity of the softest note."""
    velocity_max: Velocity = 127
    """MIDI velocity of the loudest note."""

    def check_together(self) -> None:
        """Refuse a lowest value above the highest, and roots that are no note.

        Raises:
            UserError: naming both options and their values.
        """
        for low, high in PAIRS:
            lowest, highest = getattr(self, low), getattr(self, high)
            if lowest > highest:
                low, high = option_name(low), option_name(high)
                raise UserError(
                    Code.SETTINGS_CROSSED, low=low, lowest=lowest, high=high, highest=highest
                )
        self.landing()

    def landing(self) -> tuple[int, ...]:
        """List where each of the 128 MIDI pitches goes; see `realtime.values.pitches.landing`.

        Raises:
            UserError: if scale, root or what to do outside is not known.
        """
        low, high = self.lowest_pitch, self.highest_pitch
        return landing(self.scale, self.scale_root, self.outside_scale, low, high)

    def note_settings(self) -> dict[str, Any]:
        """Return these fields alone, by name."""
        return {field.name: getattr(self, field.name) for field in fields(NoteSettings)}


PAIRS = (("lowest_pitch", "highest_pitch"), ("velocity_min", "velocity_max"))
"""Fields of `NoteSettings` of which the first is at most the second."""


@dataclass(frozen=True, kw_only=True)
class ModelName(Checked):
    """Choice of the model that hears, or is begun with."""

    model: str = ""
    """Name of a taught instrument, or file of one or of a model; "" is the bundled model."""


@dataclass(frozen=True, kw_only=True)
class InputChoice(Checked):
    """Where sound comes from."""

    input: str = ""
    """Input by name (see `jtm devices`), or a sound file; "" is the system default."""


@dataclass(frozen=True, kw_only=True)
class ModelChoice(ModelName):
    """Which model hears, and how far it looks ahead."""

    latency_ms: Annotated[float | None, Range(0, 2000, "ms")] = None
    """Longest look-ahead allowed; None is the model's default."""


@dataclass(frozen=True, kw_only=True)
class LiveSettings(NoteSettings, SoundSettings, ModelChoice, InputChoice):
    """Everything that shapes live playing, in a window or without: from input to MIDI port."""

    input_channel: Annotated[int, Range(0, 8)] = 0
    """Channel of the input to listen to, from 1; 0 is the mean of all."""
    midi_out: str = ""
    """MIDI port by name, "virtual" for a port of our own, "" for none."""
    active_sensing: bool = False
    """The MIDI port says three times a second and more that it is there, so that a receiver that
    knows Active Sensing ends all notes where it stops."""
    transpose: Semitones = 0
    """Semitones added to what is sent; the roll shows what is heard."""
    channel: Annotated[int, Range(1, 16)] = 1
    """MIDI channel that notes are sent on."""
    pitch_bend: Literal["off", "single"] = "off"
    """"single" sends the pitch of a note that sounds alone as pitch bend, vibrato and slides of up
    to 70 cents, with a range of 2 semitones; takes hold it too."""
    keep_sound: bool = True
    """Takes hold their sound beside their notes."""


@dataclass(frozen=True, kw_only=True)
class EngineSettings(LiveSettings):
    """Settings of the live engine. Frozen: a change is a new object given to `apply`."""

    midi_muted: bool = False
    """Nothing is sent for now, and what sounds ends: for a take that plays beside a microphone."""
    synth_muted: bool = False
    """The synth is silent for now, and what sounds ends: for a take that plays."""
    recent_minutes: Annotated[float, Range(0, 30, "min")] = 10.0
    """Minutes of sound and notes that are held in memory, to be kept as a take after they were
    played; 0 holds nothing."""
    record: str = ""
    """Folder for takes; "" is the user's own takes folder."""
    instrument: str = ""
    """What is played, as takes shall say it; "" says nothing."""

    def changed_since(self, before: Self) -> frozenset[str]:
        """Name the fields that differ from settings before."""
        names = (field.name for field in fields(self))
        return frozenset(name for name in names if getattr(self, name) != getattr(before, name))
