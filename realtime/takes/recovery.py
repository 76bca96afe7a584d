"""Finishes the takes of a program that was killed, in every folder that is known."""

import contextlib
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from realtime.takes.finish import DONE, finish
from realtime.takes.folders import default_folder, remembered, rescue_folders, unmark_recording
from realtime.takes.journal import SUFFIX, in_use, lock
from realtime.takes.read_journal import audio_parts, notes_of, read_events, read_part
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble

_PATTERNS = (f"take-*{SUFFIX}", ".take-*.journal")
"""The second is how earlier versions called them."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of the takes of interrupted sessions."""

    takes: tuple[Path, ...] = ()
    """The .mid of each take made."""
    unfinished: tuple[Path, ...] = ()
    """Journals whose take cannot be written now; they are as they were."""
    damaged: tuple[Path, ...] = ()
    """Journals that hold nothing readable, set aside under these names."""
    lacking: tuple[tuple[Path, float], ...] = ()
    """Takes that were made, of whose end so many seconds have notes and no sound."""


def recover_known(*folders: Path) -> Recovered:
    """Finish what was interrupted in these folders, in the usual ones and wherever a take began."""
    known = [*folders, default_folder(), *rescue_folders()]
    known += [journal.parent for journal in remembered()]
    places = {place.absolute(): place for place in known}
    found = [recover(place) for place in places.values()]
    return Recovered(
        tuple(take for one in found for take in one.takes),
        tuple(left for one in found for left in one.unfinished),
        tuple(damaged for one in found for damaged in one.damaged),
        tuple(lacking for one in found for lacking in one.lacking),
    )


def journals(folder: Path) -> list[Path]:
    """Journals in a folder that nobody is writing."""
    try:
        found = sorted(path for pattern in _PATTERNS for path in folder.glob(pattern))
    except OSError:
        return []
    return [path for path in found if path.is_dir() and not in_use(path)]


def recover(folder: Path) -> Recovered:
    """Turn every leftover journal of a folder into a take. No journal keeps the next from it.

    One that holds nothing readable is set aside under another name, never deleted.
    """
    takes: list[Path] = []
    unfinished: list[Path] = []
    damaged: list[Path] = []
    lacking: list[tuple[Path, float]] = []
    for leftover in _finished_ones(folder):
        shutil.rmtree(leftover, ignore_errors=True)
    for journal in journals(folder):
        held = None
        try:
            held = lock(journal)
            if _holds_something(journal):
                take = finish(journal)
                takes.append(take.midi)
                lacking += [(take.midi, take.lacks_s)] if take.lacks_s else []
                unmark_recording(journal)
            else:
                damaged.append(_set_aside(journal))
        except BlockingIOError:
            continue
        except Exception:  # whatever is wrong with this one, the next is finished
            unfinished += [journal] if journal.exists() else []
        finally:
            if held is not None:
                held.close()
    return Recovered(tuple(takes), tuple(unfinished), tuple(damaged), tuple(lacking))


def recovery_troubles(found: Recovered) -> list[Trouble]:
    """What there is to say of it, each by itself."""
    return [
        *(Trouble(Code.TAKE_RECOVERED, path=take) for take in found.takes),
        *(Trouble(Code.TAKE_LACKS_SOUND, path=take, seconds=s) for take, s in found.lacking),
        *(Trouble(Code.STILL_UNFINISHED, path=path) for path in found.unfinished),
        *(Trouble(Code.NOTHING_READABLE, path=path) for path in found.damaged),
    ]


def _finished_ones(folder: Path) -> Iterable[Path]:
    try:
        return [path for path in folder.glob(f".take-*{DONE}") if path.is_dir()]
    except OSError:
        return []


def _holds_something(journal: Path) -> bool:
    if notes_of(read_events(journal)):
        return True
    return any(True for part in audio_parts(journal) for _ in read_part(part))


def _set_aside(journal: Path) -> Path:
    other = journal.with_suffix(f".damaged-{time.time_ns()}")
    with contextlib.suppress(OSError):
        journal.rename(other)
        unmark_recording(journal)
        return other
    return journal
