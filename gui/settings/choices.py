"""What the window remembers between two runs, checked value by value."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from gui.language.translate import LANGUAGES
from gui.music.pitch_names import NAMINGS
from gui.roll.key_range import KEYBOARDS
from realtime.files.instruments import PROGRAMS
from realtime.pitches import NAMES, OFF, OUTSIDE, SCALES
from realtime.settings import SOUND_RANGES, EngineSettings

THEME_CHOICES = ("system", "dark", "light")
NOTE_FIELDS = (
    "sensitivity",
    "gain_db",
    "gate_db",
    "minimum_note_ms",
    "retrigger_ms",
    "lowest_pitch",
    "highest_pitch",
    "mono",
    "scale",
    "scale_root",
    "outside_scale",
    "a4_hz",
    "velocity_fixed",
    "velocity_curve",
    "velocity_min",
    "velocity_max",
    "transpose",
    "channel",
    "pitch_bend",
)
"""Settings of the engine that shape its notes: what "reset" puts back."""
SOUND_FIELDS = (
    *("synth", "synth_db", "sound_out"),
    *("click_bpm", "click_beats", "click_db", "count_in"),
)
"""Settings of the engine about what is heard; the click itself is off at first."""
ENGINE_FIELDS = (
    *("input", "midi_out", "latency_ms", "instrument", "keep_sound"),
    *NOTE_FIELDS,
    *SOUND_FIELDS,
)
"""Settings of the engine that are remembered; a sound file as input is not."""
PLACE_FIELDS = ("record", "model")
"""Settings of the engine that are remembered where they were chosen in the window, not where a
command line gave them for one run."""
LIMITS: dict[str, tuple[float, float]] = {
    "latency_ms": (0.0, 2000.0),
    "sensitivity": (0.0, 1.0),
    "gain_db": (-40.0, 40.0),
    "gate_db": (-120.0, 0.0),
    "minimum_note_ms": (0.0, 1000.0),
    "retrigger_ms": (0.0, 1000.0),
    "lowest_pitch": (21, 108),
    "highest_pitch": (21, 108),
    "a4_hz": (415.0, 466.0),
    "velocity_fixed": (0, 127),
    "velocity_curve": (0.1, 10.0),
    "velocity_min": (1, 127),
    "velocity_max": (1, 127),
    **SOUND_RANGES,
    "transpose": (-48, 48),
    "channel": (1, 16),
    "seconds": (2.0, 30.0),
}
WORDS: dict[str, tuple[str, ...]] = {
    "theme": THEME_CHOICES,
    "language": ("", *LANGUAGES),
    "naming": ("", *NAMINGS),
    "keys": ("", *KEYBOARDS),
    "instrument": ("", *PROGRAMS),
    "scale": tuple(SCALES),
    "scale_root": NAMES,
    "outside_scale": OUTSIDE,
    "pitch_bend": ("off", "single"),
}


@dataclass(frozen=True)
class Choices:
    """The user's choices. Frozen: a change is a new object."""

    theme: str = "system"
    """system | dark | light"""
    language: str = ""
    """Language code; "" follows the system."""
    naming: str = ""
    """How notes are named; see `gui.music.pitch_names.NAMINGS`. "" is the language's own way."""
    compact: bool = False
    calm: bool = False
    """Reduced motion."""
    keys: str = ""
    """Keyboard that the roll shows, of `gui.roll.key_range.KEYBOARDS`; "" follows the notes."""
    spectrogram: bool = False
    """The model's own input behind the notes."""
    mute_midi: bool = True
    """No MIDI is sent while a take plays back."""
    seconds: float = 8.0
    """Seconds of music on the roll."""
    input: str = EngineSettings.input
    midi_out: str = EngineSettings.midi_out
    latency_ms: float | None = EngineSettings.latency_ms
    sensitivity: float = EngineSettings.sensitivity
    gain_db: float = EngineSettings.gain_db
    gate_db: float = EngineSettings.gate_db
    minimum_note_ms: float = EngineSettings.minimum_note_ms
    retrigger_ms: float = EngineSettings.retrigger_ms
    lowest_pitch: int = EngineSettings.lowest_pitch
    highest_pitch: int = EngineSettings.highest_pitch
    mono: bool = EngineSettings.mono
    scale: str = EngineSettings.scale
    scale_root: str = EngineSettings.scale_root
    outside_scale: str = EngineSettings.outside_scale
    a4_hz: float = EngineSettings.a4_hz
    velocity_fixed: int = EngineSettings.velocity_fixed
    velocity_curve: float = EngineSettings.velocity_curve
    velocity_min: int = EngineSettings.velocity_min
    velocity_max: int = EngineSettings.velocity_max
    transpose: int = EngineSettings.transpose
    channel: int = EngineSettings.channel
    pitch_bend: str = EngineSettings.pitch_bend
    keep_sound: bool = EngineSettings.keep_sound
    instrument: str = EngineSettings.instrument
    synth: bool = EngineSettings.synth
    synth_db: float = EngineSettings.synth_db
    sound_out: str = EngineSettings.sound_out
    click_bpm: float = EngineSettings.click_bpm
    click_beats: int = EngineSettings.click_beats
    click_db: float = EngineSettings.click_db
    count_in: int = EngineSettings.count_in
    record: str = EngineSettings.record
    model: str = EngineSettings.model

    def engine_settings(self, **other: Any) -> EngineSettings:
        """Settings for the engine, with values from the command line on top."""
        remembered = {name: getattr(self, name) for name in (*ENGINE_FIELDS, *PLACE_FIELDS)}
        return EngineSettings(**{**remembered, **other})

    def with_engine(self, settings: EngineSettings) -> "Choices":
        """The same choices with the engine's settings as they are now."""
        return replace(self, **{name: getattr(settings, name) for name in ENGINE_FIELDS})


def unusual(settings: EngineSettings) -> set[str]:
    """Names of the `NOTE_FIELDS` that are not as they were at first, where they matter."""
    usual = EngineSettings()
    idle = {"scale_root", "outside_scale"} if settings.scale == OFF else set()
    changed = {field for field in NOTE_FIELDS if getattr(settings, field) != getattr(usual, field)}
    return changed - idle


def read_choices(stored: Mapping[str, object]) -> tuple[Choices, list[str]]:
    """Choices from stored values, and the names of the values that made no sense."""
    accepted: dict[str, Any] = {}
    refused = []
    for field in fields(Choices):
        if field.name not in stored:
            continue
        value = _read(field.name, field.default, stored[field.name])
        if value is Ellipsis:
            refused.append(field.name)
        else:
            accepted[field.name] = value
    return Choices(**accepted), refused


def _read(name: str, default: object, value: object) -> Any:
    """The value in its type and range, or Ellipsis."""
    if name == "latency_ms" and value in ("", None):
        return None
    if isinstance(default, bool):
        return {"true": True, "false": False}.get(str(value).lower(), ...)
    if name in LIMITS:
        try:
            number = float(str(value))
        except ValueError:
            return ...
        low, high = LIMITS[name]
        if not low <= number <= high:
            return ...
        return int(number) if isinstance(default, int) else number
    if not isinstance(value, str) or (name in WORDS and value not in WORDS[name]):
        return ...
    return value
