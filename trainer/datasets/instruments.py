"""Names of instruments by GM program, the same for every corpus."""

from collections.abc import Callable

import numpy as np
import pretty_midi

from realtime.files.labels.programs import SHORT_NAMES

MUSICNET = (
    "piano",
    "harpsichord",
    "violin",
    "viola",
    "cello",
    "double bass",
    "horn",
    "oboe",
    "bassoon",
    "clarinet",
    "flute",
)
"""The eleven instruments of MusicNet."""

FAMILIES = (
    (range(0, 4), "piano"),
    (range(4, 6), "electric piano"),
    (range(6, 8), "harpsichord"),
    (range(8, 15), "mallets"),
    (range(16, 21), "organ"),
    (range(21, 24), "accordion"),
    (range(24, 32), "guitar"),
    (range(32, 40), "bass"),
    (range(40, 45), "strings"),
    (range(48, 52), "strings"),
    (range(52, 55), "voice"),
    (range(56, 64), "brass"),
    (range(64, 72), "reeds"),
    (range(72, 80), "flutes"),
    (range(80, 104), "synthesizer"),
    (range(108, 109), "mallets"),
    (range(110, 111), "strings"),
    (range(112, 115), "mallets"),
    (range(15, 16), "plucked"),
    (range(45, 47), "plucked"),
    (range(104, 108), "plucked"),
    (range(109, 112), "reeds"),
)
"""GM programs (from 0) and what they have in common; the first that holds a program counts."""


def name_family(program: int) -> str:
    """What a GM program (0-127) sounds like, such as "strings" of a violin; "" of an effect."""
    return next((name for programs, name in FAMILIES if program in programs), "")


def name_program(program: int) -> str:
    """Short name where we have one, else GM's."""
    return SHORT_NAMES.get(program) or pretty_midi.program_to_instrument_name(program).lower()


def name_programs(
    notes: np.ndarray, naming: Callable[[int], str] = name_program
) -> tuple[str, ...]:
    """Names of all known programs of a note table `(n,)`, in order of program, each once."""
    programs = sorted(set(notes["program"][notes["program"] >= 0].tolist()))
    return tuple(dict.fromkeys(naming(program) for program in programs))
