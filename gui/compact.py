"""The small window that stays on top, and the way back to the usual one."""

from PySide6.QtCore import QByteArray, QRect, Qt
from PySide6.QtWidgets import QMainWindow

USUAL_SIZE = (960, 540)
SMALLEST_SIZE = (420, 300)
COMPACT_SIZE = (460, 200)
COMPACT_SMALLEST = (360, 140)


class CompactShape:
    """Gives a window its size and its place in front, and remembers the usual ones.

    Args:
        window: takes the usual size at once.
    """

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._geometry, self._place = QByteArray(), QRect()
        window.resize(*USUAL_SIZE)

    def take(self, compact: bool, changed: bool) -> None:
        """Make the window compact or usual; `changed` says that it was the other until now."""
        window = self._window
        if changed and compact:
            self._geometry, self._place = window.saveGeometry(), window.geometry()
        window.setMinimumSize(*(COMPACT_SMALLEST if compact else SMALLEST_SIZE))
        visible = window.isVisible()
        window.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint, compact)
        if compact:
            window.resize(*COMPACT_SIZE)
        elif changed and self._place.isValid():
            window.setGeometry(self._place)
        elif changed:
            window.resize(*USUAL_SIZE)
        if visible:
            window.show()

    def to_remember(self, compact: bool) -> QByteArray:
        """The usual geometry, whichever shape the window has."""
        return self._geometry if compact else self._window.saveGeometry()
