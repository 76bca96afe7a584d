"""MAPS: one Disklavier recorded near and far, and seven synthesised pianos.

Source: Emiya, Badeau, David 2010. Layout:
`PIANO/{MUS,ISOL,RAND,UCHO}/**/MAPS_*_PIANO.{wav,mid,txt}`.
"""

import re
from functools import partial
from pathlib import Path

import numpy as np

from realtime.files.labels.midi_notes import read_midi_notes
from realtime.files.labels.note_csv import read_note_csv
from realtime.troubles.errors import UserError
from trainer.datasets.file_names import find_file
from trainer.datasets.recordings import AUDIO_SUFFIXES, Recording

DISKLAVIER = ("ENSTDkAm", "ENSTDkCl")
SYNTHESISED = ("AkPnBcht", "AkPnBsdf", "AkPnCGdD", "AkPnStgb", "SptkBGAm", "SptkBGCl", "StbgTGd2")
PIANOS = (*DISKLAVIER, *SYNTHESISED)
KINDS = ("MUS", "ISOL", "RAND", "UCHO")
_NAME = re.compile(rf"MAPS_({'|'.join(KINDS)})[-_](.+)_({'|'.join(PIANOS)})")


def read_maps(folder: Path) -> list[Recording]:
    """Every recording below `folder`; offs are extended by the sustain pedal.

    Split `disklavier` tests on the pieces (MUS) of the real piano and trains on the synthesised
    ones without the pieces that are tested: 60 and 139 recordings in the whole corpus.
    """
    found = []
    for audio in sorted(folder.rglob("MAPS_*")):
        match = _NAME.fullmatch(audio.stem)
        if match and audio.suffix.lower() in AUDIO_SUFFIXES:
            found.append((audio, match[1], match[2], match[3]))
    if not found:
        raise UserError(f"No MAPS_*.wav below '{folder}'; see docs/data.md for the layout.")
    tested = {piece for _, kind, piece, piano in found if kind == "MUS" and piano in DISKLAVIER}
    return [_describe(*row, tested) for row in found]


def _describe(audio: Path, kind: str, piece: str, piano: str, tested: set[str]) -> Recording:
    if kind != "MUS":
        part = ""
    elif piano in DISKLAVIER:
        part = "test"
    else:
        part = "" if piece in tested else "train"
    midi, text = (find_file(audio.with_suffix(suffix)) for suffix in (".mid", ".txt"))
    if text.is_file() and not midi.is_file():
        labels, read_notes = text, partial(read_label_text, text)
    else:
        labels, read_notes = midi, partial(read_midi_notes, midi, pedal=True, program=0)
    return Recording(
        audio.stem,
        "maps",
        audio,
        read_notes,
        (labels,),
        composition=piece if kind == "MUS" else f"{kind} {piece}",
        performer=piano,
        rates=(44_100,),
        categories={"instrument": "piano", "piano": piano, "set": kind},
        splits={"disklavier": part},
    )


def read_label_text(path: Path) -> np.ndarray:
    """`OnsetTime OffsetTime MidiPitch` lines in seconds -> SECONDS_DTYPE; velocities unknown.

    Raises:
        UserError: if a row is no note.
    """
    notes = read_note_csv(path)
    notes["program"] = 0
    return notes
