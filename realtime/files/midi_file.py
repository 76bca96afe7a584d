"""Opens .mid files that anybody may have written."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

from realtime.values.given_file import require_file

if TYPE_CHECKING:
    from mido import MidiFile

LARGEST_FILE = 8 << 20
"""Bytes; a file of so many takes some twenty seconds, and pieces have some ten thousand."""


class NoMidiFile(ValueError):
    """A file that is no MIDI file, or a damaged one; the words say why."""


def open_midi(path: Path, charset: str = "latin1", clip: bool = False) -> "MidiFile":
    """Read a .mid.

    Args:
        path: of the file.
        charset: of its texts; latin1 takes any bytes, and `text_of` makes words of them.
        clip: whether data bytes above 127 are taken for 127 and are no fault.

    Raises:
        OSError: if it cannot be read.
        NoMidiFile: if it is none, or too large.
    """
    require_file(path)
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise NoMidiFile(f"it has more than {LARGEST_FILE >> 20} MB")
    return parse_midi(content, charset, clip)


def parse_midi(content: bytes, charset: str = "latin1", clip: bool = False) -> "MidiFile":
    """Read the content of a .mid; as `open_midi`.

    Raises:
        NoMidiFile: if it is none.
    """
    from mido import MidiFile

    try:
        return MidiFile(file=io.BytesIO(content), charset=charset, clip=clip)
    except Exception as error:  # mido raises whatever the bytes lead it to
        reason = " ".join(str(error).split())[:200] or "it is damaged"
        raise NoMidiFile(reason) from error


def text_of(latin: str) -> str:
    """A text of a file that was read as latin1: UTF-8 where it is."""
    try:
        return latin.encode("latin1").decode("utf-8")
    except UnicodeError:
        return latin
