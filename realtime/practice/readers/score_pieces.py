"""Pieces from MusicXML, read by Verovio in a process of its own: a score is untrusted input."""

import base64
import json
from pathlib import Path

from realtime.files.midi_file import NoMidiFile, parse_midi
from realtime.practice.pieces import Piece
from realtime.practice.readers.midi_pieces import piece_from_midi
from realtime.practice.readers.score_child import LARGEST_SCORE
from realtime.processes.start import run_module
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why
from realtime.values.given_file import require_file

ANSWERS = frozenset(
    {
        Code.PIECE_EMPTY,
        Code.PIECE_PERCUSSION,
        Code.PIECE_TEMPO,
        Code.SCORE_TIMEWISE,
        Code.SCORE_NO_MUSICXML,
        Code.SCORE_READER_MISSING,
        Code.PIECE_TOO_LARGE,
    }
)
"""Troubles of a score that its reader tells by their code."""
READER = "realtime.practice.readers.score_child"
SUFFIXES = frozenset({".musicxml", ".mxl", ".xml"})
LARGEST_FILE = 32 << 20
LONGEST_S = 120.0
"""A score of a hundred pages takes about 10 s."""


def read_score_piece(path: Path) -> Piece:
    """A piece from a .musicxml, .xml or .mxl file, its repeats and endings played out.

    Grace notes are left out: how they are played is the player's choice.

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
    try:
        answer = run_module(READER, str(path), timeout_s=LONGEST_S)
    except TimeoutError as error:
        raise UserError(Code.PIECE_SLOW, path=path, seconds=round(LONGEST_S)) from error
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
    if "trouble" in told:
        code = told["trouble"]
        known = Code(code) if code in ANSWERS else Code.PIECE_UNREADABLE
        raise UserError(known, name=path.name, path=path, most=LARGEST_SCORE >> 20)
    try:
        midi = parse_midi(base64.b64decode(told["midi"]), clip=True)
        bars = [(float(at), int(number)) for at, number in told["bars"]]
    except NoMidiFile as error:
        raise UserError(Code.PIECE_UNREADABLE, path=path) from error
    return piece_from_midi(midi, path.name, told["title"] or path.stem, bars)
