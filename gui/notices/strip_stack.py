"""The messages above the roll: each has as many lines as the others leave it room for."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from gui.notices.strip import Strip

ONE_LINE = 42
"""Height in pixels of a strip of one line."""


class StripRoom(QObject):
    """Fits strips into a window whenever one of them comes or goes, or the window is resized.

    Args:
        window: that the strips are in.
        strips: one above the other.
    """

    def __init__(self, window: QWidget, strips: Sequence[Strip]) -> None:
        super().__init__(window)
        self._window, self._strips = window, list(strips)
        for watched in (window, *strips):
            watched.installEventFilter(self)

    def add(self, strip: Strip) -> None:
        """Fit this strip too."""
        self._strips.append(strip)
        strip.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See who comes, who goes, and how much room there is."""
        resized = watched is self._window and event.type() == QEvent.Type.Resize
        if resized or event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._fit()
        return False

    def _fit(self) -> None:
        others = sum(not strip.isHidden() for strip in self._strips) - 1
        height = self._window.height() - max(others, 0) * ONE_LINE
        for strip in self._strips:
            strip.fit(self._window.width(), height)
