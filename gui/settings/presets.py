"""Presets of instruments and of loudness: each sets several settings at once. No Qt."""

from collections.abc import Mapping

from realtime.values.settings import EngineSettings

Values = Mapping[str, int | float | bool]

PIANO: Values = {
    "lowest_pitch": 21,
    "highest_pitch": 108,
    "mono": False,
    "minimum_note_ms": 0.0,
    "retrigger_ms": 0.0,
}
INSTRUMENTS: dict[str, Values] = {
    "": PIANO,
    "piano": PIANO,
    "guitar": {**PIANO, "lowest_pitch": 38, "highest_pitch": 88, "retrigger_ms": 40.0},
    "bass": {**PIANO, "lowest_pitch": 23, "highest_pitch": 67, "mono": True, "retrigger_ms": 60.0},
    "voice": {
        "lowest_pitch": 36,
        "highest_pitch": 84,
        "mono": True,
        "minimum_note_ms": 80.0,
        "retrigger_ms": 100.0,
    },
    "strings": {**PIANO, "lowest_pitch": 36, "highest_pitch": 103, "minimum_note_ms": 60.0},
    "winds": {
        "lowest_pitch": 34,
        "highest_pitch": 98,
        "mono": True,
        "minimum_note_ms": 50.0,
        "retrigger_ms": 60.0,
    },
}
"""Range, how many notes at once, how short a note may be; "" is any instrument.

The other names are those of `realtime.files.instruments.PROGRAMS`.
"""

AS_HEARD: Values = {
    "velocity_fixed": 0,
    "velocity_curve": 1.0,
    "velocity_min": 1,
    "velocity_max": 127,
}
LOUDNESS: dict[str, Values] = {
    "heard": AS_HEARD,
    "lifted": {**AS_HEARD, "velocity_curve": 0.6},
    "lowered": {**AS_HEARD, "velocity_curve": 1.6},
    "even": {**AS_HEARD, "velocity_min": 60, "velocity_max": 110},
    "fixed": {**AS_HEARD, "velocity_fixed": 100},
}
"""How loudness becomes MIDI velocity."""


OWN = "own"
"""Chosen instrument where the settings are no longer those of its preset."""


def chosen_instrument(settings: EngineSettings) -> str:
    """Name of the chosen instrument, or `OWN`."""
    values = INSTRUMENTS.get(settings.instrument, {"channel": 0})
    suits = all(getattr(settings, field) == value for field, value in values.items())
    return settings.instrument if suits else OWN


def chosen(presets: Mapping[str, Values], settings: EngineSettings) -> str:
    """Name of the preset that the settings are now, "" if none."""
    for name, values in presets.items():
        if all(getattr(settings, field) == value for field, value in values.items()):
            return name
    return ""
