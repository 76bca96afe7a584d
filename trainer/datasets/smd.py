"""SMD, the Saarland Music Data: a Disklavier's MIDI recorded with its sound.

Source: Müller et al. 2011, audiolabs-erlangen.de/resources/MIR/SMD. The files' names tell composer,
work, a number for the pianist and the date, as `Beethoven_Op057-02_013_20090221-SMD`.
"""

import re
from dataclasses import replace
from functools import partial
from pathlib import Path

from realtime.files.labels.label_files import MIDI_SUFFIXES
from realtime.files.labels.midi_notes import read_midi_notes
from realtime.troubles.errors import UserError
from trainer.datasets.pairs import read_pairs
from trainer.datasets.recordings import Recording

NAME = re.compile(r"(?P<composer>[^_]+)_(?P<work>.+)_(?P<performer>\d+)_(?P<version>[^_]*)-SMD")
PIANO = 0
"""GM program of every recording."""


def read_smd(folder: Path) -> list[Recording]:
    """The performances whose sound is below `folder`; the pedal is applied.

    Of several labels the MIDI is read; without one the others have to agree.

    Raises:
        UserError: if no sound file is called as SMD's are.
    """
    found = [
        describe(one, told)
        for one in read_pairs(folder)
        if (told := NAME.fullmatch(one.audio.stem)) is not None
    ]
    if not found:
        raise UserError(
            f"No sound file below '{folder}' has a name such as "
            "Beethoven_Op057-02_013_20090221-SMD; read others as --corpus pairs."
        )
    return found


def describe(recording: Recording, told: re.Match[str]) -> Recording:
    """A pair with what its name tells."""
    composer, work = told["composer"], told["work"]
    year = told["version"][:4] if told["version"].isdigit() else ""
    midi = [path for path in recording.labels if path.suffix.lower() in MIDI_SUFFIXES][:1]
    return replace(
        recording,
        # tables beside are made of the Disklavier's MIDI, and need not hold notes by its pedal
        labels=tuple(midi) or recording.labels,
        read_notes=partial(read_midi_notes, midi[0], pedal=True, program=PIANO)
        if midi and not recording.no_label
        else recording.read_notes,
        corpus="smd",
        composition=f"{composer}: {work}",
        performer=told["performer"],
        categories={"composer": composer, "instrument": "piano", "year": year},
    )
