"""Records takes on a writer thread of its own, so that a slow disk delays no note."""

import errno
import math
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from realtime.takes.finish import FinishedTake, finish, new_journal_path, take_name
from realtime.takes.folders import mark_recording, rescue_folders, unmark_recording
from realtime.takes.journal import JournalWriter, TakeEvent, TakeInfo
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble, Value, why
from realtime.values.arrays import Floats

FLUSH_SECONDS = 0.25
RETRY_SECONDS = 2.0
PATIENCE_SECONDS = 10.0
"""Seconds for which a folder may refuse before a take goes on in another."""
MEMORY_SECONDS = 900.0
"""Sound kept in memory while no disk can be written; older sound is given up beyond it."""
LEAST_FREE_BYTES = 4 * 2**20
"""The disk counts as full below this, so that the files can still be closed."""
STUCK_SECONDS = 60.0
"""A writer that has got nowhere for so long is not waited for any more."""
LOOK_SECONDS = 0.2
_GAP_BLOCK = 1 << 14


class TakeRecorder:
    """One take. The engine adds to it and never waits; trouble with the disk is a message.

    Args:
        folder: where takes go; made if missing.
        info: rate, MIDI channel, track name, and whether sound is kept beside the notes.
        least_free_bytes: free space below which the disk counts as full.
        registered: whether what a crash leaves of it is made a take at the next start.
    """

    def __init__(
        self,
        folder: Path,
        info: TakeInfo,
        least_free_bytes: int = LEAST_FREE_BYTES,
        registered: bool = True,
    ) -> None:
        self._registered = registered
        self._folder, self._info, self._least_free = folder, info, least_free_bytes
        self._other_folder: Path | None = None
        self._journal: JournalWriter | None = None
        self._audio: deque[Floats] = deque()
        self._events: deque[TakeEvent] = deque()
        self._pending_samples = 0
        self.samples = 0
        """Length of the take so far."""
        self.note_count = 0
        self.trouble: Trouble | None = None
        self.lost_samples = 0
        """Given up because the disk could not be written for too long."""
        self.remark: Trouble | None = None
        """Why the take lies elsewhere than was asked."""
        self.take: Path | None = None
        """Path of the finished .mid, None until it is written."""
        self._left: set[Path] = set()
        """Folders that the take has moved out of."""
        self._why: Value = ""
        self._refused_at = math.inf
        self._moves = 0
        """Grows while the writer gets anywhere."""
        self._share = 0.0
        """Share of the finished take's sound that is written, 0 to 1."""
        self._stopping = threading.Event()
        self._giving_up = threading.Event()
        self._writer = threading.Thread(target=self._run, name="take writer", daemon=True)
        self._writer.start()

    @property
    def length_s(self) -> float:
        """Length of the take so far, in seconds."""
        return self.samples / self._info.rate

    @property
    def waiting_s(self) -> float:
        """Seconds of sound that are not on disk yet."""
        return self._pending_samples / self._info.rate

    @property
    def waits(self) -> bool:
        """Whether something is kept in memory because the folder cannot be written."""
        return self.trouble is not None and not self.finished

    def is_far_behind(self) -> bool:
        """Whether the writer gets on, and half of what may wait in memory waits for it."""
        works = self.trouble is None and not self.finished
        return works and self.waiting_s > MEMORY_SECONDS / 2

    @property
    def waiting(self) -> bool:
        """Whether sound waits to be written."""
        return bool(self._audio)

    @property
    def finished(self) -> bool:
        """Whether the writer is done, for good or ill."""
        return not self._writer.is_alive()

    def add(self, block: Floats, events: Sequence[TakeEvent]) -> None:
        """Add mono sound (n,) and the events that came with it. Never waits, never raises."""
        self.samples += len(block)
        self._events.extend(events)
        self.note_count += sum(event.kind == "on" for event in events)
        if not self._info.sound:
            return
        self._pending_samples += len(block)
        self._audio.append(np.array(block, dtype=np.float32))
        while self._pending_samples > MEMORY_SECONDS * self._info.rate and self._audio:
            given_up = len(self._audio.popleft())
            self._pending_samples -= given_up
            self.lost_samples += given_up

    def wait(self, timeout_s: float) -> bool:
        """Wait for the writer's end after `stop`. Returns whether it came in so many seconds."""
        self._writer.join(timeout_s)
        return self.finished

    def add_marker(self, marker: TakeEvent) -> None:
        """Keep a remark with the take."""
        self._events.append(marker)

    def add_gap(self, samples: int, text: str = "Sound is missing") -> None:
        """Keep time with so many samples of silence where sound is missing, and mark the place."""
        at_s = self.length_s
        self._events.append(TakeEvent("gap", at_s, at_s, text=text))
        for start in range(0, samples, _GAP_BLOCK):
            self.add(np.zeros(min(_GAP_BLOCK, samples - start), dtype=np.float32), ())

    def may_move_to(self, folder: Path) -> None:
        """Where the take goes, with all that is written, if its own folder cannot be written."""
        self._other_folder = folder

    @property
    def where(self) -> Path | None:
        """The folder in which sound and notes lie until the take is finished; None without one."""
        return self._journal.folder if self._journal is not None else None

    def stop(self) -> None:
        """End the take; the writer finishes the files in the background."""
        self._stopping.set()

    def close(self, goes_on: Callable[[float], bool] = lambda done: True) -> None:
        """Stop and wait for the files, as long as the writer gets anywhere.

        A take that is not finished then is described in `trouble`, and finished at the next start.

        Args:
            goes_on: asked now and then with the share of the work that is done, 0 to 1; says
                whether to wait on.
        """
        self.stop()
        self._giving_up.set()
        moved_at, moves = time.monotonic(), self._moves
        while not self.finished:
            self._writer.join(LOOK_SECONDS)
            if self._moves != moves:
                moved_at, moves = time.monotonic(), self._moves
            if not goes_on(self._share) or time.monotonic() - moved_at > STUCK_SECONDS:
                break
        if self.take is None and self.samples + self.note_count:
            self.trouble = self._left_behind()

    def _run(self) -> None:
        wait_s = 0.0
        while not self._stopping.wait(wait_s):
            wait_s = FLUSH_SECONDS if self._write() else RETRY_SECONDS
        last_try = False
        while not (self._write() and self._finish()) and not last_try:
            last_try = self._giving_up.wait(RETRY_SECONDS)
        if self._journal is not None:
            self._journal.close()

    def _finish(self) -> bool:
        """Make the take of what is written. False, with a trouble, where that fails."""
        assert self._journal is not None
        journal = self._journal
        if not self.samples + self.note_count:
            journal.close()
            shutil.rmtree(journal.folder, ignore_errors=True)
            unmark_recording(journal.folder)
            self._journal = None
            return True
        try:
            journal.end_part()
            made = finish(journal.folder, self._finished_frames)
        except (UserError, OSError) as error:
            self._refused(error)
            return self._elsewhere() and self._finish()
        journal.close()
        unmark_recording(journal.folder)
        self._journal = None
        self.trouble = self._missing(made)
        self.take = made.midi
        return True

    def _finished_frames(self, frames: int) -> None:
        self._moves += 1
        self._share = frames / max(1, self.samples)

    def _missing(self, made: FinishedTake) -> Trouble | None:
        """What the finished take lacks."""
        lost_s = (self.samples - made.sound_frames) / self._info.rate if self._info.sound else 0.0
        lost_notes = self.note_count - made.notes
        if lost_s < 0.1 and lost_notes <= 0:
            return None
        lost = {"seconds": max(lost_s, 0.0), "notes": max(lost_notes, 0)}
        return Trouble(Code.TAKE_NOT_WHOLE, path=made.midi, **lost)

    def _left_behind(self) -> Trouble:
        """Where what there is of an unfinished take lies."""
        where = self.where
        if where is None or not where.is_dir():
            return Trouble(Code.TAKE_LOST, folder=self._folder, reason=self._why)
        reason = self._why or Trouble(Code.NOT_WAITED_FOR)
        waiting_s = self._pending_samples / self._info.rate
        if waiting_s < 1:
            return Trouble(Code.TAKE_UNFINISHED, path=where, reason=reason)
        return Trouble(Code.TAKE_CUT_SHORT, path=where, reason=reason, seconds=waiting_s)

    def _write(self) -> bool:
        """Move what waits to the journal. Returns False, with a trouble, where that fails."""
        try:
            if self.trouble and self._other_folder not in (None, self._folder):
                self._other_folder.mkdir(parents=True, exist_ok=True)
                self._move(self._other_folder)
            self._append()
        except OSError as error:
            if self._journal is not None:
                self._journal.start_new_part()
            self._refused(error)
            return self._elsewhere()
        self.trouble, self._refused_at = None, math.inf
        return True

    def _append(self) -> None:
        if self._journal is None:
            self._check_room(self._folder)
            journal_path = new_journal_path(self._folder, self._info.title)
            self._journal = JournalWriter(journal_path, self._info)
            self._register(self._journal)
        self._journal.check()
        self._check_room(self._folder)
        while self._events:
            self._journal.append_events([self._events[0]])
            self._events.popleft()
        while self._audio:
            block = self._audio[0]
            self._journal.append_audio(block)
            self._moves += 1
            if self._audio and self._audio[0] is block:
                self._audio.popleft()
                self._pending_samples -= len(block)
        self._journal.flush()

    def _refused(self, error: UserError | OSError) -> None:
        self._why = error.trouble if isinstance(error, UserError) else why(error)
        self._refused_at = min(self._refused_at, time.monotonic())
        self.trouble = Trouble(Code.TAKE_UNWRITTEN, folder=self._folder, reason=self._why)

    def _elsewhere(self) -> bool:
        """Go on in another folder, each tried once, where this one is gone or refuses for long.

        Returns whether all is written. A folder that was made anew is as good as another.
        """
        gone = self._journal is not None and not self._journal.is_there()
        patient = time.monotonic() - self._refused_at < PATIENCE_SECONDS
        if patient and not gone and not self._giving_up.is_set():
            return False
        asked, reason = self._folder, self._why
        again = (asked,) if gone and asked.is_dir() else ()
        for folder in (*again, *(one for one in rescue_folders() if one not in self._left)):
            before = self._folder
            try:
                self._check_room(folder)
                self._move(folder)
                self._append()
            except OSError:
                if self._journal is None:
                    self._folder = before
                continue
            finally:
                self._left.add(before)
            self.trouble, self._refused_at = None, math.inf
            if folder != asked:
                self.remark = Trouble(Code.TAKE_MOVED, asked=asked, reason=reason, folder=folder)
            return True
        return False

    def _register(self, journal: JournalWriter) -> None:
        if self._registered:
            mark_recording(journal.folder)

    def _check_room(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < self._least_free:
            raise OSError(errno.ENOSPC, "the disk is full")

    def _move(self, folder: Path | None) -> None:
        """Go on in another folder."""
        assert folder is not None
        if self._journal is not None:
            before = self._journal.folder
            self._journal = self._journal.moved_to(new_journal_path(folder, take_name(before)))
            self._register(self._journal)
            unmark_recording(before)
        self._folder = folder
