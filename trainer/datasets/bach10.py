"""Bach10: ten four-part chorales, each part recorded alone, and their mix.

Source: Duan, Pardo and Zhang 2010, "Multiple fundamental frequency estimation by modeling spectral
peaks and non-peak regions". Layout: `NN-Title/NN-Title.wav`, `NN-Title-violin.wav` (clarinet,
saxphone, bassoon), `NN-Title-GTNotes.mat`.
"""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from realtime.files.labels.note_table import UNKNOWN_VELOCITY, NoteRow, note_table
from realtime.troubles.errors import UserError
from trainer.datasets.recordings import Recording, find_audio

VOICES = (
    ("violin", "violin", 40),
    ("clarinet", "clarinet", 71),
    ("saxphone", "saxophone", 65),
    ("bassoon", "bassoon", 70),
)
"""Ending of the file, instrument and GM program of the voices, in the order of the labels."""

FIRST_CENTRE = 0.023
"""Seconds; the middle of frame 1, which is 46 ms long."""
FRAME_SECONDS = 0.01
_NAME = re.compile(r"\d\d-\w+")


def read_bach10(folder: Path) -> list[Recording]:
    """The ten mixes, with the notes of all voices."""
    return [
        _describe(piece, "bach10", piece.name, tuple(range(len(VOICES))))
        for piece in _pieces(folder)
    ]


def read_bach10_stems(folder: Path) -> list[Recording]:
    """Each voice of the ten pieces alone."""
    return [
        _describe(piece, "bach10-stems", f"{piece.name}-{ending}", (voice,))
        for piece in _pieces(folder)
        for voice, (ending, _, _) in enumerate(VOICES)
    ]


def _pieces(folder: Path) -> list[Path]:
    root = next((one for one in sorted(folder.glob("Bach10*")) if one.is_dir()), folder)
    pieces = [one for one in sorted(root.iterdir()) if one.is_dir() and _NAME.fullmatch(one.name)]
    if not pieces:
        raise UserError(f"No NN-Title folders in '{root}'; see docs/data.md.")
    return pieces


def _describe(piece: Path, corpus: str, name: str, voices: tuple[int, ...]) -> Recording:
    labels = piece / f"{piece.name}-GTNotes.mat"
    categories = {"composer": "Johann Sebastian Bach"}
    if len(voices) == 1:
        categories["instrument"] = VOICES[voices[0]][1]
    else:
        categories["ensemble"] = "quartet"
    return Recording(
        name,
        corpus,
        find_audio(piece / name),
        partial(read_note_cells, labels, voices),
        (labels,),
        composition=piece.name.partition("-")[2],
        rates=(44_100,),
        categories=categories,
    )


def read_note_cells(path: Path, voices: tuple[int, ...]) -> np.ndarray:
    """Notes of some voices of a MATLAB file `GTNotes` -> SECONDS_DTYPE.

    It has a cell for each voice with a cell for each note: frame numbers from 1, and the pitch in
    each of them as a MIDI number with cents. A note lasts from the middle of its first frame to a
    hop after the middle of its last; its pitch is the median.

    Raises:
        UserError: if it is no such file, or lacks a voice.
    """
    from scipy.io import loadmat

    try:
        cells = np.ravel(loadmat(path)["GTNotes"])
        rows = [row for voice in voices for row in _rows(cells[voice], VOICES[voice][2])]
    except Exception as error:  # foreign bytes: whatever its reader raises
        raise UserError(
            f"'{path}' holds no notes as Bach10 has them ({type(error).__name__}); replace it."
        ) from error
    return note_table(rows)


def _rows(notes: np.ndarray, program: int) -> Iterator[NoteRow]:
    for cell in np.ravel(notes):
        frames, pitches = np.asarray(cell, float)
        first, last = FIRST_CENTRE + FRAME_SECONDS * (frames[[0, -1]] - 1)
        pitch = round(float(np.median(pitches)))
        yield float(first), float(last) + FRAME_SECONDS, pitch, UNKNOWN_VELOCITY, program
