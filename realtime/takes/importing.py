"""Sound files of any kind -> takes: with their sound at once, and with their notes once heard."""

import shutil
from contextlib import closing
from pathlib import Path

from realtime.audio.sources import FileSource
from realtime.files.note_files import Heading, write_csv, write_midi
from realtime.takes.library import SOUNDS, free_name
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why
from realtime.values.atomic import whole_file
from realtime.values.given_file import library_name

BLOCK_SECONDS = 1.0


def import_sound(folder: Path, sound: Path) -> Path:
    """Make a take of a sound file, with its sound and without notes.

    Args:
        folder: of the takes; made if missing.
        sound: of any kind that can be read.

    Returns:
        The .csv of its notes, which are to come.

    Raises:
        UserError: if the file cannot be read, or the take not be written; there is no take then.
    """
    with closing(FileSource(sound)):
        pass  # what is no sound leaves no trace
    csv = folder / f"{free_name(folder, sound.stem)}.csv"
    copy_sound(sound, csv.with_suffix(""))
    write_midi([], csv.with_suffix(".mid"), Heading(csv.stem))
    write_csv([], csv)
    return csv


def give_notes(csv: Path, heard: Path) -> None:
    """Give a take the notes that were heard in its sound.

    Args:
        csv: of the take.
        heard: .csv of the notes, with a .mid beside it.

    Raises:
        UserError: if they cannot be read or written.
    """
    for suffix in (".mid", ".csv"):
        with whole_file(csv.with_suffix(suffix)) as partial:
            shutil.copyfile(heard.with_suffix(suffix), partial)


def copy_sound(sound: Path, target: Path) -> Path:
    """Copy sound to where a take keeps it; what takes cannot play becomes FLAC (mono, 24 bits).

    Args:
        sound: of any kind that can be read.
        target: without a suffix.

    Returns:
        The copy.

    Raises:
        UserError: if one cannot be read or the other not be written.
    """
    suffix = sound.suffix.lower()
    if suffix in SOUNDS and _opens(sound):
        copy = target.with_name(f"{target.name}{suffix}")
        with whole_file(copy) as partial:
            try:
                shutil.copyfile(sound, partial)
            except FileNotFoundError as error:
                raise UserError(Code.FILE_GONE, path=sound) from error
        return copy
    copy = target.with_name(f"{target.name}.flac")
    with closing(FileSource(sound)) as source, whole_file(copy) as partial:
        _write_flac(source, partial)
    return copy


def _opens(sound: Path) -> bool:
    """Whether the library that plays takes can read a file."""
    import soundfile

    try:
        return bool(soundfile.info(library_name(sound)).frames)
    except (RuntimeError, OSError):
        return False


def _write_flac(source: FileSource, target: Path) -> None:
    import numpy as np
    import soundfile

    try:
        with soundfile.SoundFile(
            library_name(target), "w", source.rate, 1, "PCM_24", format="FLAC"
        ) as file:
            while (block := source.read(round(source.rate * BLOCK_SECONDS))) is not None:
                file.write(np.clip(np.nan_to_num(block), -1, 1))
    except (RuntimeError, AssertionError) as error:
        raise UserError(Code.CANNOT_WRITE, path=target, reason=why(error)) from error
