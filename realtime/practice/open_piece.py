"""Opens a piece by what the user named: a file, a take, or a bundled piece."""

import os
from pathlib import Path

from realtime.files.click import read_click
from realtime.files.note_files import DamagedNotes, read_csv
from realtime.practice.pieces import Bar, Piece, PieceNote
from realtime.practice.readers.midi_pieces import read_midi_piece
from realtime.practice.readers.musical_time import MOST_BARS, MusicalTime, TooManyBars
from realtime.practice.readers.score_pieces import SUFFIXES, read_score_piece
from realtime.takes.folders import default_folder
from realtime.takes.library import find_take
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why
from realtime.values.notes import Note

BUNDLED = Path(__file__).resolve().parent / "bundled"
MIDI_SUFFIXES = frozenset({".mid", ".midi"})


def open_piece(name: str, takes: Path | None = None, repeats: bool = True) -> Piece:
    """The piece that a user named.

    Args:
        name: a .mid, .musicxml, .xml, .mxl or .csv file, a bundled piece, or a take by its name.
        takes: folder of the takes; None is the usual one.
        repeats: False plays every passage of a score once, with its last ending; other pieces name
            no repeats.

    Raises:
        UserError: if there is no such thing, or it cannot be practised.
    """
    path = Path(name)
    if os.path.isdir(path):
        raise UserError(Code.PIECE_IS_FOLDER, path=path)
    suffix = path.suffix.lower()
    if suffix in MIDI_SUFFIXES:
        return read_midi_piece(path)
    if suffix in SUFFIXES:
        return read_score_piece(path, repeats)
    if suffix == ".csv":
        return _read_notes(path)
    wanted = name.strip().casefold().replace(" ", "-")
    for bundled in bundled_pieces():
        if wanted in (bundled.stem, bundled.stem.partition("-")[2]):
            return read_midi_piece(bundled)
    take = find_take(takes or default_folder(), name)
    if take is not None:
        return _read_notes(take.newest.csv)
    if os.path.isfile(path):
        raise UserError(Code.PIECE_KIND, path=path)
    known = ", ".join(piece.stem.partition("-")[2] for piece in bundled_pieces())
    raise UserError(Code.PIECE_UNKNOWN, name=name, known=known)


def bundled_pieces() -> list[Path]:
    """The pieces that come with the program, easiest first."""
    return sorted(BUNDLED.glob("*.mid"))


def _read_notes(path: Path) -> Piece:
    """A take as a piece.

    Raises:
        UserError: if it cannot be read or holds no notes.
    """
    try:
        notes = read_csv(path)
    except OSError as error:
        raise UserError(Code.FILE_UNREADABLE, path=path, reason=why(error)) from error
    except DamagedNotes as error:
        raise UserError(Code.PIECE_NOTES_DAMAGED, path=path, line=error.line) from error
    if not notes:
        raise UserError(Code.PIECE_EMPTY, name=path.name)
    try:
        return _piece_of(notes, path)
    except TooManyBars as error:
        raise UserError(Code.PIECE_TOO_MANY_BARS, name=path.name, most=MOST_BARS) from error


def _piece_of(notes: list[Note], path: Path) -> Piece:
    """Bars follow the click that the take was played to, or 4/4 at 120 where there was none."""
    click = read_click(path.with_suffix(".mid"))
    bpm, beats = (click.bpm, click.beats) if click else (120.0, 4)
    first_s = min(note.onset_s for note in notes)
    start_s = click.first_beat_s if click else first_s
    bar_s = 60 / bpm * beats
    while start_s > first_s + 1e-3:
        start_s -= bar_s
    start_s = min(start_s, first_s)
    time = MusicalTime(1_000_000, [(0, round(60e6 / bpm))], [(0, beats, 4)])
    last = max(note.offset_s for note in notes) - start_s
    starts = time.bars(round(last * bpm / 60 * 1e6))
    found = []
    for note in sorted(notes, key=lambda note: (note.onset_s, note.pitch)):
        onset_s, offset_s = note.onset_s - start_s, note.offset_s - start_s
        bar, beat = time.place(round(onset_s * bpm / 60 * 1e6), starts)
        found.append(PieceNote(onset_s, offset_s, note.pitch, bar, beat))
    bars = tuple(Bar(number, time.seconds(at), beats) for at, number in starts)
    return Piece(path.stem, ("take",), tuple(found), bars, bpm)
