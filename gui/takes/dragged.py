"""The .mid of a take as another program gets it: with the tempo that saving would give it."""

import atexit
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from gui.music.key_guess import guess_key, key_signature
from realtime.files.bends import read_bends
from realtime.files.click import on_bars
from realtime.files.note_files import Heading, read_csv, write_midi
from realtime.files.quantise import LEAST_NOTES, guess_tempo
from realtime.takes.library import Take, TakeVersion, click_of, find_take
from realtime.troubles.errors import UserError
from realtime.values.notes import Note


def write_on_bars(
    notes: Sequence[Note],
    path: Path,
    heading: Heading,
    bends: Sequence[tuple[float, float]] = (),
) -> None:
    """Write a .mid whose bars are those of the click: notes and bends are moved there as a whole.

    Args:
        notes: in any order.
        path: of the .mid.
        heading: name, tempo, key; without a click nothing is moved.
        bends: (seconds, cents from then on).

    Raises:
        UserError: if it cannot be written.
    """
    if heading.click is not None:
        shift_s = heading.click.shift_s(notes)
        bends = [(at_s + shift_s, cents) for at_s, cents in bends]
        notes, click = on_bars(notes, heading.click)
        heading = replace(heading, click=click)
    write_midi(notes, path, heading, bends=bends)


def dragged_midi(take: Take, version: TakeVersion) -> Path:
    """The file that a drag of this version carries.

    It lies in a folder of its own until the program ends: who takes it may read it later. Where the
    notes tell no tempo, or the copy cannot be made, it is the .mid of the take itself.
    """
    try:
        notes = read_csv(version.csv)
        click = click_of(take)
        if click is None and len(notes) < LEAST_NOTES:
            return version.midi
        path = Path(tempfile.mkdtemp(dir=_folder())) / version.midi.name
        bends = read_bends(version.midi)
        key = key_signature(guess_key(notes, 0.0))
        heading = Heading(take.name, guess_tempo(notes), click, key, take.instrument)
        write_on_bars(notes, path, heading, bends)
    except (OSError, ValueError, UserError):
        return version.midi
    return path


def dragged_newest(midi: Path) -> Path:
    """What a drag carries of the take whose .mid this is."""
    take = find_take(midi.parent, midi.stem)
    return dragged_midi(take, take.newest) if take is not None else midi


@cache
def _folder() -> str:
    folder = tempfile.mkdtemp(prefix="jtm-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
