"""Journals -> finished takes: .mid, .csv and, unless it was not wanted, .flac side by side."""

import errno
import glob
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from realtime.files.note_files import Heading, write_csv, write_midi
from realtime.takes.journal import SUFFIX
from realtime.takes.names import usable_name
from realtime.takes.read_journal import (
    audio_parts,
    bends_of,
    click_of,
    guessed_instrument,
    markers_of,
    notes_of,
    read_events,
    read_info,
    read_part,
    whole_frames,
)
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why
from realtime.values.given_file import library_name

MERGED = "merged.flac"
BEARABLE_S = 2.0
"""A program that is killed loses a second of sound; where more of it lacks, that is told."""
DONE = ".done"
"""Ends the name of a journal whose take is finished: deleted in part it would be an empty take."""


@dataclass(frozen=True, slots=True)
class FinishedTake:
    """What a journal has become."""

    midi: Path
    notes: int
    """Number of notes in the finished take."""
    sound_frames: int
    lacks_s: float = 0.0
    """So many seconds at the end have notes and no sound, although it was to be kept."""


def new_journal_path(folder: Path, title: str = "") -> Path:
    """A journal for a take, named by its title or by local time; its name and its take's are free.

    Whatever has that name while the journal is there is a part of its take.
    """
    title = usable_name(title) or time.strftime("take-%Y%m%d-%H%M%S")
    name, number = title, 2
    while any(folder.glob(f"{glob.escape(name)}.*")) or (folder / f".{name}.journal").exists():
        name, number = f"{title}{' ' if ' ' in title else '-'}{number}", number + 1
    return folder / f"{name}{SUFFIX}"


def take_name(journal: Path) -> str:
    """What the take of a journal is called; earlier versions hid their journals."""
    return journal.name.removeprefix(".").removesuffix(SUFFIX).removesuffix(".journal")


def finish(journal: Path, progress: Callable[[int], None] = lambda frames: None) -> FinishedTake:
    """Make the take of a closed journal, then remove the journal.

    Args:
        journal: whose writer has ended, and which nobody else is finishing.
        progress: told how many frames of its sound are written so far, where that takes a while.

    Raises:
        UserError, OSError: if a file cannot be written; the journal stays. FileNotFoundError if
            there is no journal: nothing is written then, no empty take and no folder.
    """
    if not journal.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(journal))
    base = journal.parent / take_name(journal)
    info, events = read_info(journal), read_events(journal)
    notes = notes_of(events)
    midi = base.with_name(f"{base.name}.mid")
    heading = Heading(
        info.name,
        click=click_of(events),
        instrument=info.instrument or guessed_instrument(events),
    )
    write_midi(notes, midi, heading, markers_of(events), bends_of(events))
    write_csv(notes, base.with_name(f"{base.name}.csv"))
    frames = _finish_audio(journal, base.with_name(f"{base.name}.flac"), progress)
    done = journal.with_name(f".{base.name}{DONE}")
    journal.rename(done)
    shutil.rmtree(done, ignore_errors=True)
    end_s = max((note.offset_s for note in notes), default=0.0)
    lacks_s = end_s - (frames / info.rate if info.rate and frames else 0.0)
    kept = info.sound and (frames == 0 or (info.rate > 0 and lacks_s > BEARABLE_S))
    return FinishedTake(midi, len(notes), frames, lacks_s if kept else 0.0)


def _finish_audio(journal: Path, target: Path, progress: Callable[[int], None]) -> int:
    """Returns how many frames the sound file holds; 0 where there is no sound."""
    import soundfile

    parts = audio_parts(journal)
    if not parts:
        return whole_frames(target)
    if len(parts) == 1 and (frames := whole_frames(parts[0])):
        parts[0].replace(target)
        return frames
    merged, file, written = journal / MERGED, None, 0
    try:
        for part in parts:
            for block, rate in read_part(part):
                if file is None:
                    file = soundfile.SoundFile(
                        library_name(merged), "w", rate, 1, "PCM_24", format="FLAC"
                    )
                file.write(block)
                written += len(block)
                progress(written)
        if file is not None:
            file.close()
            merged.replace(target)
    except (RuntimeError, AssertionError) as error:
        raise UserError(Code.CANNOT_WRITE, path=target, reason=why(error)) from error
    return written
