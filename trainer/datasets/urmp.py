"""URMP: 44 chamber pieces, each player recorded alone and mixed.

Source: Li et al. 2018, labsites.rochester.edu/air/projects/URMP.html. Layout:
`NN_Title_INSTR_INSTR/{AuMix_*.wav, AuSep_*.wav, Notes_*.txt}`.
"""

import re
from functools import partial
from pathlib import Path

import numpy as np

from realtime.files.labels.note_table import UNKNOWN_VELOCITY, NoteRow, note_rows, note_table
from realtime.files.labels.pitch_units import midi_pitch, nearest_key
from realtime.files.labels.tables import read_text
from realtime.troubles.errors import UserError
from trainer.datasets.recordings import Recording, find_audio

MT3_TEST = frozenset({1, 2, 12, 13, 24, 25, 31, 38, 39})
"""Pieces that MT3 tests on; the corpus itself has no split."""

INSTRUMENTS = {
    "vn": ("violin", 40),
    "va": ("viola", 41),
    "vc": ("cello", 42),
    "db": ("double bass", 43),
    "fl": ("flute", 73),
    "ob": ("oboe", 68),
    "cl": ("clarinet", 71),
    "sax": ("saxophone", 65),
    "bn": ("bassoon", 70),
    "tpt": ("trumpet", 56),
    "hn": ("horn", 60),
    "tbn": ("trombone", 57),
    "tba": ("tuba", 58),
}
"""Abbreviation -> name, GM program."""

ENSEMBLES = {2: "duet", 3: "trio", 4: "quartet", 5: "quintet"}
_NAME = re.compile(rf"(\d+)_([^_]+)((?:_(?:{'|'.join(INSTRUMENTS)}))+)")


def read_urmp(folder: Path) -> list[Recording]:
    """The mixes, with the notes of all players."""
    recordings = []
    for piece, number, title, players in _list_pieces(folder):
        notes = [_track(piece, "Notes", i, title, number) for i in range(len(players))]
        labels = tuple(stem.with_name(stem.name + ".txt") for stem in notes)
        programs = tuple(INSTRUMENTS[player][1] for player in players)
        categories = {"ensemble": ENSEMBLES.get(len(players), f"{len(players)} players")}
        recordings.append(
            Recording(
                piece.name,
                "urmp",
                find_audio(piece / f"AuMix_{piece.name}"),
                partial(read_note_texts, labels, programs),
                labels,
                composition=title,
                rates=(48_000, 44_100),
                categories=categories,
                splits={"mt3": "test" if int(number) in MT3_TEST else "train"},
            )
        )
    return recordings


def read_urmp_stems(folder: Path) -> list[Recording]:
    """Each player alone; the instrument is the folder's, not the file's.

    The files of 15_Surprise_tpt_tpt_tbn call the trombone a third trumpet.
    """
    recordings = []
    for piece, number, title, players in _list_pieces(folder):
        for i, player in enumerate(players):
            notes = _track(piece, "Notes", i, title, number)
            labels = notes.with_name(notes.name + ".txt")
            name, program = INSTRUMENTS[player]
            recordings.append(
                Recording(
                    f"{piece.name}/{i + 1}",
                    "urmp-stems",
                    find_audio(_track(piece, "AuSep", i, title, number)),
                    partial(read_note_texts, (labels,), (program,)),
                    (labels,),
                    composition=title,
                    rates=(48_000, 44_100),
                    categories={"instrument": name},
                    splits={"mt3": "test" if int(number) in MT3_TEST else "train"},
                )
            )
    return recordings


def read_note_texts(paths: tuple[Path, ...], programs: tuple[int, ...]) -> np.ndarray:
    """`onset s, frequency Hz, duration s` lines of each player -> SECONDS_DTYPE.

    Raises:
        UserError: if a file has no lines, or one is no note.
    """
    rows: list[NoteRow] = []
    for path, program in zip(paths, programs, strict=True):
        numbered = enumerate(read_text(path).splitlines(), 1)
        lines = [(number, line) for number, line in numbered if line.strip()]
        if not lines:
            raise UserError(
                f"'{path}' has no notes, and every player of URMP has some; get it again."
            )
        rows += note_rows(path, lines, partial(_note, program=program))
    return note_table(rows)


def _note(line: str, program: int) -> NoteRow:
    onset, frequency, duration = map(float, line.split())
    pitch = nearest_key(midi_pitch(frequency))
    return onset, onset + duration, pitch, UNKNOWN_VELOCITY, program


def _list_pieces(folder: Path) -> list[tuple[Path, str, str, list[str]]]:
    """(folder, number, title, players) of each piece."""
    root = folder / "Dataset" if (folder / "Dataset").is_dir() else folder
    pieces = []
    for piece in sorted(root.iterdir()) if root.is_dir() else ():
        match = _NAME.fullmatch(piece.name)
        if match and piece.is_dir():
            pieces.append((piece, match[1], match[2], match[3][1:].split("_")))
    if not pieces:
        raise UserError(f"No NN_Title_INSTRUMENTS folders in '{root}'; see docs/data.md.")
    return pieces


def _track(piece: Path, kind: str, index: int, title: str, number: str) -> Path:
    """Stem of the file of player `index` (from 0), whatever instrument its name claims."""
    for path in sorted(piece.glob(f"{kind}_{index + 1}_*_{number}_{title}.*")):
        return path.with_suffix("")
    return piece / f"{kind}_{index + 1}_missing_{number}_{title}"
