"""Records takes on a writer thread of its own, so that a slow disk delays no note."""

import shutil
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from realtime.errors import UserError
from realtime.takes.finish import finish, new_journal_path
from realtime.takes.folders import rescue_folders
from realtime.takes.journal import JournalWriter, TakeEvent, TakeInfo

Floats = npt.NDArray[np.float32]

FLUSH_SECONDS = 0.25
RETRY_SECONDS = 2.0
MEMORY_SECONDS = 900.0
"""Sound kept in memory while the disk cannot be written; older sound is given up beyond it."""
LEAST_FREE_BYTES = 4 * 2**20
"""The disk counts as full below this, so that the files can still be closed."""
_GAP_BLOCK = 1 << 14


class TakeRecorder:
    """One take. The engine adds to it and never waits; trouble with the disk is a message.

    Args:
        folder: where takes go; made if missing.
        info: rate, MIDI channel, track name, and whether sound is kept beside the notes.
        least_free_bytes: free space below which the disk counts as full.
    """

    def __init__(
        self, folder: Path, info: TakeInfo, least_free_bytes: int = LEAST_FREE_BYTES
    ) -> None:
        self._folder, self._info, self._least_free = folder, info, least_free_bytes
        self._other_folder: Path | None = None
        self._journal: JournalWriter | None = None
        self._audio: deque[Floats] = deque()
        self._events: deque[TakeEvent] = deque()
        self._pending_samples = 0
        self.samples = 0
        """Length of the take so far."""
        self.note_count = 0
        self.message = ""
        self.lost_samples = 0
        """Given up because the disk could not be written for too long."""
        self.take: Path | None = None
        """The finished .mid."""
        self._stopping = threading.Event()
        self._giving_up = threading.Event()
        self._writer = threading.Thread(target=self._run, name="take writer", daemon=True)
        self._writer.start()

    @property
    def length_s(self) -> float:
        """Seconds recorded so far."""
        return self.samples / self._info.rate

    @property
    def waits(self) -> bool:
        """Whether something is kept in memory because the folder cannot be written."""
        return bool(self.message) and not self.finished

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

    def add_marker(self, marker: TakeEvent) -> None:
        """Keep a remark with the take."""
        self._events.append(marker)

    def add_gap(self, samples: int, text: str = "Sound is missing") -> None:
        """Sound is missing here: keep time with silence and mark the place."""
        at_s = self.length_s
        self._events.append(TakeEvent("gap", at_s, at_s, text=text))
        for start in range(0, samples, _GAP_BLOCK):
            self.add(np.zeros(min(_GAP_BLOCK, samples - start), dtype=np.float32), ())

    def may_move_to(self, folder: Path) -> None:
        """Where the take goes, with all that is written, if its own folder cannot be written."""
        self._other_folder = folder

    def stop(self) -> None:
        """End the take; the writer finishes the files in the background."""
        self._stopping.set()

    def close(self, timeout_s: float) -> None:
        """Stop and wait for the files; what is not finished then is recovered at the next start.

        A take that its folder refuses is written to the first of `rescue_folders` that does not.
        """
        self.stop()
        self._giving_up.set()
        self._writer.join(timeout_s)

    def _run(self) -> None:
        wait_s = 0.0
        while not self._stopping.wait(wait_s):
            wait_s = FLUSH_SECONDS if self._write() else RETRY_SECONDS
        while not self._write():
            if not self._giving_up.wait(RETRY_SECONDS):
                continue
            if self._rescue():
                break
            if self._journal is not None:
                self._journal.close()
            return
        if self._journal is not None:
            self._journal.close()
            try:
                self.take = finish(self._journal.folder)
            except (UserError, OSError) as error:
                self.message = str(error)

    def _rescue(self) -> bool:
        """The program ends: write what waits to another folder, if there is one that lets us."""
        for folder in rescue_folders():
            self._other_folder = folder
            if self._write():
                return True
        return False

    def _write(self) -> bool:
        """Move what waits to the journal. Returns False, with a message, where that fails."""
        try:
            if self.message and self._other_folder not in (None, self._folder):
                self._move()
            if self._journal is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._journal = JournalWriter(new_journal_path(self._folder), self._info)
            if shutil.disk_usage(self._folder).free < self._least_free:
                raise OSError(None, "the disk is full")
            while self._events:
                self._journal.append_events([self._events[0]])
                self._events.popleft()
            while self._audio:
                block = self._audio[0]
                self._journal.append_audio(block)
                if self._audio and self._audio[0] is block:
                    self._audio.popleft()
                    self._pending_samples -= len(block)
            self._journal.flush()
        except OSError as error:
            if self._journal is not None:
                self._journal.start_new_part()
            self.message = (
                f"Takes cannot be written to {self._folder} ({error.strerror or error}); "
                "the take is kept in memory. Free some space or choose another folder."
            )
            return False
        self.message = ""
        return True

    def _move(self) -> None:
        """Go on in the other folder."""
        assert self._other_folder is not None
        if self._journal is not None:
            self._other_folder.mkdir(parents=True, exist_ok=True)
            self._journal = self._journal.moved_to(new_journal_path(self._other_folder))
        self._folder = self._other_folder
