"""Journals -> finished takes: .mid, .csv and, unless it was not wanted, .flac side by side."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from realtime.errors import UserError
from realtime.files.atomic import whole_file
from realtime.files.note_files import write_csv, write_midi
from realtime.takes.journal import (
    SUFFIX,
    audio_parts,
    in_use,
    is_whole,
    read_bends,
    read_click,
    read_heard_instrument,
    read_info,
    read_markers,
    read_notes,
    read_part,
)


def new_journal_path(folder: Path) -> Path:
    """A journal for a take that begins now, named by local time; never one that exists."""
    stamp = time.strftime("take-%Y%m%d-%H%M%S")
    name, number = stamp, 2
    while (folder / f".{name}{SUFFIX}").exists() or any(folder.glob(f"{name}.*")):
        name, number = f"{stamp}-{number}", number + 1
    return folder / f".{name}{SUFFIX}"


def journals(folder: Path) -> list[Path]:
    """Journals in a folder that nobody is writing: takes of a program that was killed."""
    try:
        found = sorted(folder.glob(f".take-*{SUFFIX}"))
    except OSError:
        return []
    return [path for path in found if path.is_dir() and not in_use(path)]


def recover(folder: Path) -> list[Path]:
    """Turn every leftover journal into a take. Returns the .mid files made.

    A journal that holds nothing readable is set aside under another name, never deleted.
    """
    takes = []
    for journal in journals(folder):
        try:
            if read_notes(journal) or any(True for _ in _sound(journal)):
                takes.append(finish(journal))
            else:
                journal.rename(journal.with_suffix(f".broken-{time.time_ns()}"))
        except (UserError, OSError):
            continue
    return takes


def finish(journal: Path) -> Path:
    """Make the take of a closed journal, then remove the journal. Returns the .mid.

    Raises:
        UserError: if a file cannot be written; the journal stays.
    """
    name = journal.name.removeprefix(".").removesuffix(SUFFIX)
    base = journal.parent / name
    info, notes = read_info(journal), read_notes(journal)
    midi = base.with_name(f"{name}.mid")
    markers = read_markers(journal)
    instrument = info.instrument or read_heard_instrument(journal)
    write_midi(
        notes,
        midi,
        info.name,
        info.channel,
        markers=markers,
        instrument=instrument,
        click=read_click(journal),
        bends=read_bends(journal),
    )
    write_csv(notes, base.with_name(f"{name}.csv"))
    _finish_audio(journal, base.with_name(f"{name}.flac"))
    shutil.rmtree(journal, ignore_errors=True)
    return midi


def _finish_audio(journal: Path, target: Path) -> None:
    parts = audio_parts(journal)
    if len(parts) == 1 and is_whole(parts[0]):
        parts[0].replace(target)
        return
    if not any(True for _ in _sound(journal)):
        return
    import soundfile

    rate = next(rate for _, rate in _sound(journal))
    with whole_file(target) as partial:
        try:
            with soundfile.SoundFile(partial, "w", rate, 1, "PCM_24", format="FLAC") as file:
                for part in parts:
                    for block, _ in read_part(part):
                        file.write(block)
        except (RuntimeError, AssertionError) as error:
            raise UserError(f"Cannot write {target}: {error}. Free some space.") from error


def _sound(journal: Path) -> Iterator[tuple[int, int]]:
    """(frames, rate) of every readable block."""
    for part in audio_parts(journal):
        for block, rate in read_part(part):
            yield len(block), rate
