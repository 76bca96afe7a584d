"""Keeps the sound of a lesson's attempts, as takes keep theirs: nothing waits for the disk."""

from collections.abc import Callable
from pathlib import Path

from realtime.takes.journal import TakeInfo
from realtime.takes.recorder import TakeRecorder
from realtime.troubles.trouble import Trouble
from realtime.values.arrays import Floats
from realtime.values.snapshot import LessonSound


class LessonRecorder:
    """The attempt whose sound is kept now, and the newest one whose file is there."""

    def __init__(self) -> None:
        self._current: TakeRecorder | None = None
        self._folder = ""
        self._ending: list[tuple[str, TakeRecorder]] = []
        self._done, self._done_folder = "", ""
        self._trouble: Trouble | None = None

    def keep(self, folder: str, rate: int) -> None:
        """Keep the sound from now on in this folder; "" ends what was being kept.

        Args:
            folder: of the attempt, made if it is missing; no take lies in it.
            rate: of the sound, Hz.
        """
        if self._current is not None:
            self._current.stop()
            self._ending.append((self._folder, self._current))
            self._current = None
        self._folder = folder
        if folder:
            self._trouble = None
            self._current = TakeRecorder(Path(folder), TakeInfo(rate), registered=False)

    def add(self, block: Floats) -> None:
        """Sound (n,) that came in."""
        if self._current is not None:
            self._current.add(block, ())

    def status(self) -> LessonSound:
        """What there is to tell."""
        for folder, recorder in [one for one in self._ending if one[1].finished]:
            self._ending.remove((folder, recorder))
            self._trouble = recorder.trouble
            if recorder.take is not None:
                self._done, self._done_folder = str(recorder.take.with_suffix(".flac")), folder
        current = self._current
        return LessonSound(
            self._folder if current is not None else "",
            current.length_s if current is not None else 0.0,
            self._done_folder,
            self._done,
            current.trouble if current is not None else self._trouble,
        )

    def close(self, goes_on: Callable[[float], bool] = lambda done: True) -> None:
        """End what is being kept and wait for the files, as long as their writers get anywhere.

        Args:
            goes_on: see `TakeRecorder.close`.
        """
        self.keep("", 0)
        for _, recorder in self._ending:
            recorder.close(goes_on)
        self.status()
