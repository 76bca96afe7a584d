"""The model's own spectrum over time, painted under the notes."""

from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from gui.roll.geometry import Viewport
from gui.style.theme import Theme, rgb
from realtime.values.snapshot import Snapshot

KEPT_S = 60.0
LONGEST_COLUMN_S = 0.1
"""A column that waited longer for the one before it is drawn this wide: sound was missing."""
QUIETEST, LOUDEST = -0.6, 2.0
"""Values of the spectrum that are clear and fullest: -65 dB and -9 dB of a full-scale sine."""
STRONGEST = 0.62
"""Opacity of the loudest band of the spectrum, 0-1."""


class Spectrogram:
    """Columns of the last minute; draws those between two moments."""

    def __init__(self) -> None:
        self._columns: deque[tuple[float, float, tuple[float, ...]]] = deque()
        """(start, end in stream seconds, the model's values from the lowest row)"""
        self._low, self._per_semitone = 0.0, 1
        self.newest_s = 0.0
        """End of the newest column."""

    def push(self, snapshot: Snapshot) -> None:
        """Take the newest column, if it is new and its rows are pitches."""
        at_s = snapshot.stream_s
        if at_s < self.newest_s:
            self.clear()
        if at_s <= self.newest_s or not snapshot.spectrum or not snapshot.spectrum_per_semitone:
            return
        self._low, self._per_semitone = snapshot.spectrum_low, snapshot.spectrum_per_semitone
        start_s = max(self.newest_s, at_s - LONGEST_COLUMN_S)
        self._columns.append((start_s, at_s, snapshot.spectrum))
        self.newest_s = at_s
        while self._columns and self._columns[0][1] < at_s - KEPT_S:
            self._columns.popleft()

    def clear(self) -> None:
        """Drop all columns: another stream begins."""
        self._columns.clear()
        self.newest_s = 0.0

    def draw(
        self,
        painter: QPainter,
        viewport: Viewport,
        edge_s: float,
        between_s: tuple[float, float],
        theme: Theme,
    ) -> float:
        """Draw the columns that end after the first and begin before the second of two moments.

        Args:
            viewport: with `edge_s` at its right edge.

        Returns:
            up to when there is nothing more to draw.
        """
        after_s, until_s = between_s
        semitone = 1.0 / self._per_semitone
        ratio = painter.device().devicePixelRatioF()
        for start_s, end_s, values in reversed(self._columns):
            if end_s <= after_s:
                break
            if start_s >= until_s:
                continue
            left, right = (
                round(viewport.x(at_s, edge_s) * ratio) / ratio for at_s in (start_s, end_s)
            )
            top_pitch = self._low + (len(values) - 0.5) * semitone
            top = (viewport.high + 0.5 - top_pitch) * viewport.row
            height = len(values) * semitone * viewport.row
            painter.drawImage(QRectF(left, top, right - left, height), _column(values, theme))
        return max(self.newest_s, after_s)


def _column(values: Sequence[float], theme: Theme) -> QImage:
    """One pixel wide, highest row first; the louder, the less clear."""
    import numpy as np

    parts = (np.array(values) - QUIETEST) / (LOUDEST - QUIETEST)
    shades = (255 * np.clip(parts, 0.0, 1.0)).astype(np.uint8)
    red, green, blue = rgb(theme.spectrum)
    alpha = shades[::-1].astype(np.float32) ** 1.5 / 255**0.5 * STRONGEST
    part = alpha / 255
    pixels = np.empty((len(shades), 1, 4), dtype=np.uint8)
    for index, value in enumerate((blue, green, red)):
        pixels[:, 0, index] = value * part
    pixels[:, 0, 3] = alpha
    image = QImage(pixels.tobytes(), 1, len(shades), 4, QImage.Format.Format_ARGB32_Premultiplied)
    return image.copy()
