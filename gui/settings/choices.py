"""What the window remembers between two runs, checked value by value."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Annotated, Any

from gui.language.translate import LANGUAGES
from gui.music.pitch_names import NAMINGS
from gui.roll.key_range import KEYBOARDS
from realtime.files.instruments import PROGRAMS
from realtime.values.pitches import NAMES, OFF
from realtime.values.ranges import OneOf, Range, list_rules
from realtime.values.settings import PAIRS, EngineSettings, NoteSettings

NOTE_FIELDS = (
    *(setting.name for setting in fields(NoteSettings) if setting.name != "most_notes_per_second"),
    *("transpose", "channel", "pitch_bend", "active_sensing"),
)
"""Settings of the engine that shape its notes: what "reset" puts back."""
PLACE_FIELDS = ("record", "model")
"""Settings of the engine that are remembered where they were chosen in the window, not where a
command line gave them for one run."""
FOR_ONE_RUN = ("midi_muted", "synth_muted", "click", "input_channel", "most_notes_per_second")
"""Settings of the engine that begin anew with every run; a sound file as input does too."""
ENGINE_FIELDS = tuple(
    setting.name
    for setting in fields(EngineSettings)
    if setting.name not in (*PLACE_FIELDS, *FOR_ONE_RUN)
)
"""Settings of the engine that are remembered as they are when the window closes."""
OFFERED = {"instrument": OneOf(("", *PROGRAMS)), "scale_root": OneOf(NAMES)}
"""Words that the window's pickers offer, where the engine takes more."""


@dataclass(frozen=True)
class Choices:
    """The user's choices. Frozen: a change is a new object."""

    theme: Annotated[str, OneOf(("system", "dark", "light"))] = "system"
    language: Annotated[str, OneOf(("", *LANGUAGES))] = ""
    """Language code; "" follows the system."""
    naming: Annotated[str, OneOf(("", *NAMINGS))] = ""
    """How notes are named; "" is the language's own way."""
    compact: bool = False
    calm: bool = False
    """Reduced motion: nothing scrolls or fades."""
    keys: Annotated[str, OneOf(("", *KEYBOARDS))] = ""
    """Keyboard that the roll shows; "" follows the notes."""
    spectrogram: bool = False
    """The model's own input behind the notes."""
    mute_midi: bool = True
    """No MIDI is sent while a take plays back."""
    seconds: Annotated[float, Range(2, 30, "s")] = 8.0
    """Seconds of music on the roll."""
    engine: EngineSettings = field(default_factory=EngineSettings)
    """Those of its settings that are remembered; the others are as they are at first."""

    def with_choice(self, name: str, value: Any) -> "Choices":
        """Copy the choices with one of the window's or of the engine's changed."""
        if name in {setting.name for setting in fields(EngineSettings)}:
            return replace(self, engine=replace(self.engine, **{name: value}))
        return replace(self, **{name: value})

    def with_engine(self, settings: EngineSettings) -> "Choices":
        """Copy the choices with the engine's settings as they are now."""
        now = {name: getattr(settings, name) for name in ENGINE_FIELDS}
        return replace(self, engine=replace(self.engine, **now))


def pushed(field: str, value: float, now: Mapping[str, Any]) -> dict[str, float]:
    """The other end of a range, where a new value of this end passes it.

    Args:
        field: name of the setting that changes.
        value: what it becomes.
        now: the values of both ends, by name.
    """
    for low, high in PAIRS:
        if field == low and value > now[high]:
            return {high: value}
        if field == high and value < now[low]:
            return {low: value}
    return {}


def unusual(settings: EngineSettings) -> frozenset[str]:
    """Names of the `NOTE_FIELDS` that are not as they were at first, where they matter."""
    idle = {"scale_root", "outside_scale"} if settings.scale == OFF else set()
    return (settings.changed_since(EngineSettings()) & set(NOTE_FIELDS)) - idle


def stored_values(choices: Choices) -> dict[str, Any]:
    """What is remembered of choices, by name: those of the window, then of the engine."""
    own = {setting.name: getattr(choices, setting.name) for setting in fields(Choices)}
    del own["engine"]
    kept = (*ENGINE_FIELDS, *PLACE_FIELDS)
    return own | {name: getattr(choices.engine, name) for name in kept}


RULES = {**list_rules(EngineSettings), **list_rules(Choices), **OFFERED}
"""What every remembered value may be, by name."""


def read_choices(stored: Mapping[str, object]) -> tuple[Choices, list[str]]:
    """Choices from stored values, and the names of the values that made no sense.

    A value of the wrong type, out of range or not fitting another costs itself alone.
    """
    accepted, refused = dict[str, Any](), list[str]()
    for name, default in stored_values(Choices()).items():
        if name not in stored:
            continue
        try:
            accepted[name] = _read(name, default, stored[name])
        except ValueError:
            refused.append(name)
    usual = EngineSettings()
    for pair in PAIRS:
        low, high = (accepted.get(name, getattr(usual, name)) for name in pair)
        if low > high:
            refused += [name for name in pair if accepted.pop(name, None) is not None]
    own = {setting.name for setting in fields(Choices)}
    choices = Choices(**{name: value for name, value in accepted.items() if name in own})
    engine = {name: value for name, value in accepted.items() if name not in own}
    return replace(choices, engine=EngineSettings(**engine)), refused


def _read(name: str, default: object, stored: object) -> Any:
    """The stored value in its type.

    Raises:
        ValueError: if it has another type, or breaks the rule of its field.
    """
    rule = RULES.get(name)
    value: object = stored
    if isinstance(default, bool):
        value = {"true": True, "false": False}.get(str(stored).lower())
    elif isinstance(rule, Range):
        if default is None and stored in ("", None):
            return None
        number = float(str(stored))
        value = int(number) if isinstance(default, int) and number.is_integer() else number
    if not isinstance(value, float if default is None else type(default)):
        raise ValueError(name)
    if rule is not None and not rule.holds(value):
        raise ValueError(name)
    return value
