"""Writes a take as a file: its format, tempo and grid. No Qt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from gui.language.translate import tr
from gui.music.instruments import instrument_word
from gui.music.key_guess import guess_key, key_signature
from gui.takes.dragged import write_on_bars
from gui.widgets.save_dialog import with_suffix
from realtime.files.click import Click
from realtime.files.musicxml import write_music_xml
from realtime.files.note_files import HEADER, Heading, csv_row, write_csv
from realtime.files.quantise import quantised
from realtime.values.notes import Note
from realtime.values.ranges import Range


@dataclass(frozen=True)
class Format:
    """A kind of file that notes are saved as."""

    label: str
    suffix: str
    tip: Callable[[], str]
    """What the format is good for, in the user's language."""
    has_tempo: bool = True
    """Whether the file says a tempo, also where no grid moves its notes."""


FORMATS = {
    "midi": Format("MIDI", ".mid", lambda: tr("For music programs")),
    "csv": Format("CSV", ".csv", lambda: tr("A table of notes with times in seconds"), False),
    "musicxml": Format(
        "MusicXML", ".musicxml", lambda: tr("For notation programs, rounded to sixteenths")
    ),
}
"""Name of a format in `ExportChoice` -> the format, in the order in which they are offered."""
GRIDS = {"off": 0, "1/4": 1, "1/8": 2, "1/8T": 3, "1/16": 4, "1/16T": 6, "1/32": 8}
"""Grid -> steps of a quarter note."""


@dataclass(frozen=True)
class ExportChoice:
    """Format and options that the user chose for an export."""

    format: str = "midi"
    """A key of `FORMATS`."""
    bpm: Annotated[float, Range(20, 400, "BPM")] = 120.0
    grid: str = "off"
    strength: float = 1.0
    """How far notes move to the grid, 0-1."""
    channel: int = 1
    click: Click | None = None
    """Click that the take was played to; the file has its bars."""


def export(
    notes: Sequence[Note],
    path: Path,
    name: str,
    choice: ExportChoice,
    instrument: str = "",
    bends: Sequence[tuple[float, float]] = (),
) -> Path:
    """Write the notes; the take itself stays as it is. Returns the file made.

    A .mid says its instrument; it and a score say the key where one fits well. With a click the
    bars of the file are those that were played to. Bends are written to a .mid whose notes are not
    moved to a grid; they would bend other notes there.

    Raises:
        UserError: if it cannot be written.
    """
    suffix = FORMATS[choice.format].suffix
    path = with_suffix(path, suffix)
    click = choice.click
    bpm, origin_s = (click.bpm, click.first_beat_s) if click else (choice.bpm, None)
    moved = quantised(notes, bpm, GRIDS[choice.grid], choice.strength, origin_s)
    key = key_signature(guess_key(moved, 0.0))
    if choice.format == "csv":
        write_csv(moved, path)
        return path
    heading = Heading(name, bpm, click, key, instrument, choice.channel)
    if choice.format == "musicxml":
        heading = replace(heading, instrument=instrument_word(instrument))
        write_music_xml(moved, path, heading, GRIDS[choice.grid])
    else:
        kept = [] if GRIDS[choice.grid] and choice.strength else bends
        write_on_bars(moved, path, heading, kept)
    return path


def as_table(notes: Sequence[Note]) -> str:
    """The notes as text, a line each, with tabs between: what spreadsheets paste as a table."""
    rows = [HEADER, *(tuple(map(str, csv_row(note))) for note in notes)]
    return "\n".join("\t".join(row) for row in rows) + "\n"
