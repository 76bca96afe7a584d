"""Writes a take while it is being recorded: a folder that survives `kill -9` at any moment.

`take-YYYYMMDD-HHMMSS.recording/` lies where the take will, and other programs can open what is in
it: `audio-0001.flac`, ... (the sound as it grows; a new part after every failed write) and
`events.jsonl` (notes and remarks as text, one a line). `meta.json` says what is recorded. Whatever
was flushed can be read back, also where a file ends in the middle.
"""

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import numpy as np

from realtime.takes.second_copy import SecondCopy
from realtime.values.arrays import Floats
from realtime.values.given_file import library_name

SUFFIX = ".recording"
EVENTS, META, LOCK = "events.jsonl", "meta.json", "lock"


@dataclass(frozen=True, slots=True)
class TakeEvent:
    """A line of the journal. Times are seconds since the take began."""

    kind: str
    """on | off | bend | gap | marker | instrument | click"""
    at_s: float
    left_s: float
    pitch: int = 0
    velocity: int = 0
    text: str = ""
    """What a gap or marker says, which instrument was heard so far, or a click's tempo and metre,
    whose first beat is at `at_s`."""
    cents: float = 0.0
    """How far above its pitch the note that sounds is from now on."""


@dataclass(frozen=True, slots=True)
class TakeInfo:
    """What the journal knows before the first sample."""

    rate: int
    name: str = "Jaka to melodia"
    instrument: str = ""
    sound: bool = True
    """Whether the take keeps its sound."""
    title: str = ""
    """What the take is to be called; "" names it by the time."""


class JournalWriter:
    """Appends to a journal. Every method may raise OSError; what was appended before stays.

    Args:
        folder: of the journal; is made, the folder around it is not.
        info: written to `meta.json`.
    """

    def __init__(self, folder: Path, info: TakeInfo) -> None:
        self.folder, self._info = folder, info
        self._copy = SecondCopy(folder.parent)
        with contextlib.ExitStack() as undone:
            self._lock = _make_locked(folder)
            undone.callback(shutil.rmtree, folder, ignore_errors=True)
            if self._lock is not None:
                undone.callback(self._lock.close)
            (folder / META).write_text(json.dumps(asdict(info)))
            self._events: TextIO = (folder / EVENTS).open("a", encoding="utf-8")
            undone.callback(self._events.close)
            self._copy.follow(folder / EVENTS)
            undone.pop_all()
        self._audio: Any = None
        self._parts = 0
        self._lines: list[str] = []
        """All that was appended: what lies in a folder that is gone is written again elsewhere."""

    def append_events(self, events: Iterable[TakeEvent]) -> None:
        """Write events; on disk after `flush`."""
        lines = "".join(json.dumps(asdict(event)) + "\n" for event in events)
        self._events.write(lines)
        self._lines.append(lines)

    def append_audio(self, block: Floats) -> None:
        """Write mono sound (n,) as 24-bit FLAC; `flush` keeps all but the encoder's last block."""
        if self._audio is None:
            self._begin_part()
        _as_os_error(self._audio.write, np.clip(np.nan_to_num(block), -1, 1))

    def _begin_part(self) -> None:
        """Open the next sound file; it counts once its copy follows it."""
        import soundfile

        path = self.folder / f"audio-{self._parts + 1:04d}.flac"
        self._audio = _as_os_error(
            soundfile.SoundFile,
            library_name(path),
            "w",
            self._info.rate,
            1,
            "PCM_24",
            format="FLAC",
        )
        try:
            self._copy.follow(path)
        except OSError:
            self.start_new_part()
            raise
        self._parts += 1

    def flush(self) -> None:
        """Put on disk what was written."""
        self._events.flush()
        os.fsync(self._events.fileno())
        if self._audio is not None:
            _as_os_error(self._audio.flush)
        self._copy.take_in()

    def is_there(self) -> bool:
        """Whether what was written lies in its folder."""
        return self._copy.all_there()

    def check(self) -> None:
        """Look whether what lies in the folder is still what is being written.

        Raises:
            OSError: if files were deleted, moved away or replaced, or their disk is gone.
        """
        self._copy.check()

    def start_new_part(self) -> None:
        """Give up the sound file in use after a failed write."""
        if self._audio is not None:
            with contextlib.suppress(OSError):
                _as_os_error(self._audio.close)
            self._audio = None

    def moved_to(self, folder: Path) -> "JournalWriter":
        """Go on in another folder, with all that was written, even where its own folder is gone.

        This one is closed and, if it is there, removed. Where the new one cannot be written, with
        OSError, this one goes on.
        """
        self.start_new_part()
        fresh = JournalWriter(folder, self._info)
        try:
            fresh._lines = list(self._lines)
            fresh._events.write("".join(self._lines))
            for number in range(1, self._parts + 1):
                name = f"audio-{number:04d}.flac"
                with (folder / name).open("wb") as target:
                    self._copy.write_to(self.folder / name, target)
                fresh._copy.follow(folder / name)
            fresh._parts = self._parts
            fresh.flush()
        except OSError:
            fresh.close()
            shutil.rmtree(folder, ignore_errors=True)
            raise
        still_ours = self.is_there()
        self.close()
        if still_ours:
            shutil.rmtree(self.folder, ignore_errors=True)
        return fresh

    def end_part(self) -> None:
        """Close the sound file in use, so that it is whole; a next one may follow.

        Raises:
            OSError: if that fails, or what was written is not in the folder any more.
        """
        audio, self._audio = self._audio, None
        if audio is not None:
            _as_os_error(audio.close)
        self._events.flush()
        self.check()

    def close(self) -> None:
        """Close the files; the journal stays, for whoever recovers it."""
        self.start_new_part()
        with contextlib.suppress(OSError):
            self._events.close()
        self._copy.close()
        if self._lock is not None:
            self._lock.close()


def _make_locked(folder: Path) -> BinaryIO | None:
    """Make the folder of a journal so that nobody ever sees it without its lock.

    Who finishes interrupted takes, in this program or another, would take a journal that is not
    locked yet for one that was left behind. So it is made and locked under another name.

    Raises:
        OSError: if it is there already or cannot be made.
    """
    if folder.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(folder))
    unseen = folder.with_name(f".{folder.name}.{os.getpid()}")
    unseen.mkdir()
    held = None
    try:
        held = lock(unseen)
        unseen.rename(folder)
    except OSError:
        if held is not None:
            held.close()
        shutil.rmtree(unseen, ignore_errors=True)
        raise
    return held


def lock(folder: Path) -> BinaryIO | None:
    """Hold a journal against other programs until the file is closed; None where nobody can.

    Raises:
        BlockingIOError: if a running program holds it, or it gave way to another of its name.
        OSError: if the folder cannot be written.
    """
    path = folder / LOCK
    file = path.open("ab")
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise
    except (ImportError, OSError):
        file.close()
        return None
    if not (path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat())):
        file.close()
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN), str(path))
    return file


def in_use(folder: Path) -> bool:
    """Whether a running program is still writing this journal."""
    try:
        held = lock(folder)
    except BlockingIOError:
        return True
    except OSError:
        return False
    if held is not None:
        held.close()
    return False


def _as_os_error(call: Any, *arguments: Any, **options: Any) -> Any:
    """Libsndfile tells a full disk in several ways; make all of them OSError."""
    try:
        return call(*arguments, **options)
    except (RuntimeError, AssertionError) as error:
        raise OSError(None, str(error) or "the sound file cannot be written") from error
