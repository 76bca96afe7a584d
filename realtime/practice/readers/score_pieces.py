"""Pieces from MusicXML, read in a process of its own: a score is untrusted input."""

import json
from pathlib import Path
from typing import Any

from realtime.practice.pieces import Bar, Piece, PieceNote
from realtime.practice.readers.midi_pieces import LONGEST_S, MOST_NOTES, make_unique
from realtime.practice.readers.musical_time import MOST_BARS, MusicalTime
from realtime.practice.readers.score_child import LARGEST_SCORE
from realtime.processes.start import run_module
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble, why
from realtime.values.given_file import require_file

ANSWERS = frozenset(
    {
        Code.PIECE_EMPTY,
        Code.PIECE_PERCUSSION,
        Code.PIECE_TEMPO,
        Code.SCORE_TIMEWISE,
        Code.SCORE_NO_MUSICXML,
        Code.PIECE_TOO_LARGE,
    }
)
"""Troubles of a score that its reader tells by their code."""
READER = "realtime.practice.readers.score_child"
SUFFIXES = frozenset({".musicxml", ".mxl", ".xml"})
LARGEST_FILE = 32 << 20
SLOWEST_S = 120.0
"""A score of a hundred pages takes a second or two."""
SLOWEST_BPM = 1e-3
"""A quarter lasts most of a day; nothing slower can be told from a file that is damaged."""
TICKS = 10_080
"""Ticks of a quarter, which all usual tuplets divide."""


def read_score_piece(path: Path, repeats: bool = True) -> Piece:
    """A piece from a .musicxml, .xml or .mxl file, its repeats, endings and jumps played out.

    Grace and cue notes are not asked for: how they are played is the player's choice.

    Args:
        path: of the file.
        repeats: False plays every passage once, with its last ending.

    Raises:
        UserError: if it cannot be read, or holds nothing that can be practised.
    """
    try:
        require_file(path)
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise UserError(Code.PIECE_MISSING, path=path) from error
    except OSError as error:
        raise UserError(Code.FILE_UNREADABLE, path=path, reason=why(error)) from error
    if size > LARGEST_FILE:
        raise UserError(Code.PIECE_TOO_LARGE, path=path, most=LARGEST_FILE >> 20)
    asked = [str(path)] if repeats else [str(path), "once"]
    try:
        answer = run_module(READER, *asked, timeout_s=SLOWEST_S)
    except TimeoutError as error:
        raise UserError(Code.PIECE_SLOW, path=path, seconds=round(SLOWEST_S)) from error
    except ChildProcessError as error:
        raise UserError(Code.PIECE_UNREADABLE, path=path) from error
    return parse_piece(answer, path)


def parse_piece(answer: bytes, path: Path) -> Piece:
    """A piece from what the score reader printed of a file.

    Raises:
        UserError: if that is why it could not, or no piece can be made of it.
    """
    try:
        told = json.loads(answer)
    except ValueError:
        raise UserError(Code.PIECE_UNREADABLE, path=path) from None
    if told.get("trouble") == Code.PIECE_TOO_MANY_BARS:
        raise UserError(Code.PIECE_TOO_MANY_BARS, name=path.name, most=MOST_BARS)
    if "trouble" in told:
        code = told["trouble"]
        known = Code(code) if code in ANSWERS else Code.PIECE_UNREADABLE
        raise UserError(known, name=path.name, path=path, most=LARGEST_SCORE >> 20)
    count = len(told["notes"]) + len(told["optional"])
    if count > MOST_NOTES:
        raise UserError(Code.PIECE_TOO_MANY_NOTES, name=path.name, count=count, most=MOST_NOTES)
    if not all(bpm >= SLOWEST_BPM for _, bpm in told["tempi"]):
        raise UserError(Code.PIECE_TEMPO, name=path.name)
    too_long = UserError(Code.PIECE_TOO_LONG, name=path.name)
    try:
        piece = _piece_of(told, path)
    except OverflowError:  # a place beyond all numbers
        raise too_long from None
    if piece.duration_s > LONGEST_S:
        raise too_long
    return piece


def _piece_of(told: dict[str, Any], path: Path) -> Piece:
    """A piece from the fields of `Sounding`."""
    tempi = [(round(at * TICKS), max(1, round(60e6 / bpm))) for at, bpm in told["tempi"]]
    time = MusicalTime(TICKS, tempi, [])

    def seconds(quarters: float) -> float:
        return time.seconds(round(quarters * TICKS))

    bars = tuple(
        Bar(number, seconds(at), beats, label) for at, number, label, beats in told["bars"]
    )
    notes = [
        PieceNote(
            seconds(begin), seconds(end), pitch, bars[bar].number, round(beat, 4), part, rolled
        )
        for begin, end, pitch, part, bar, beat, rolled in told["notes"]
        if 0 <= pitch <= 127
    ]
    if not notes:
        raise UserError(Code.PIECE_EMPTY, name=path.name)
    optional = [
        PieceNote(seconds(begin), seconds(end), pitch, 0, 1.0, -1)
        for begin, end, pitch in told["optional"]
        if 0 <= pitch <= 127
    ]
    return Piece(
        told["title"] or path.stem,
        tuple(make_unique(told["parts"])),
        tuple(sorted(notes, key=lambda note: (note.onset_s, note.pitch))),
        bars,
        60e6 / time.tempi[0][1],
        told["key"],
        tuple(sorted(optional, key=lambda note: (note.onset_s, note.pitch))),
        tuple(Trouble(Code(code), name=path.name) for code in told["unread"]),
    )
