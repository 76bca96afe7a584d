"""Names of instruments by GM program, the same for every corpus."""

import numpy as np
import pretty_midi

NAMES = {
    0: "piano",
    6: "harpsichord",
    25: "guitar",
    40: "violin",
    41: "viola",
    42: "cello",
    43: "double bass",
    56: "trumpet",
    57: "trombone",
    58: "tuba",
    60: "horn",
    65: "saxophone",
    68: "oboe",
    70: "bassoon",
    71: "clarinet",
    73: "flute",
}
"""GM program (from 0) -> name, for the instruments of MusicNet, URMP, GuitarSet and MAESTRO."""


def name_program(program: int) -> str:
    """Short name where we have one, else GM's."""
    return NAMES.get(program) or pretty_midi.program_to_instrument_name(program).lower()


def name_programs(notes: np.ndarray) -> tuple[str, ...]:
    """Names of all known programs of a note table, in order of program."""
    programs = sorted(set(notes["program"][notes["program"] >= 0].tolist()))
    return tuple(name_program(program) for program in programs)
