"""Reads the wave of a recording on a thread of its own, so that the window never waits."""

import threading
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from realtime.takes.waveform import read_waveform

COLUMNS = 2048
"""More than a strip has pixels on most screens."""


class WaveReader(QObject):
    """Reads one recording at a time; another one that is wanted takes its place."""

    changed = Signal()
    """Another wave is there, or none."""
    _read = Signal(object, object)
    """(path, wave or None), from the thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.peaks: npt.NDArray[np.float32] | None = None
        """Loudest sample of each part of the recording, 0-1; None where it is not known."""
        self._path: Path | None = None
        self._read.connect(self._take)

    def open(self, path: Path | None) -> None:
        """Read this recording, None for none; one that is read already is kept."""
        if path == self._path:
            return
        self._path, self.peaks = path, None
        self.changed.emit()
        if path is not None:
            threading.Thread(target=self._run, args=(path,), name="wave", daemon=True).start()

    def _run(self, path: Path) -> None:
        try:
            peaks = read_waveform(path, COLUMNS, lambda: self._path == path)
            self._read.emit(path, peaks)
        except RuntimeError:  # the window was closed meanwhile, and its objects are gone
            return

    def _take(self, path: Path, peaks: npt.NDArray[np.float32] | None) -> None:
        if path == self._path:
            self.peaks = peaks
            self.changed.emit()
