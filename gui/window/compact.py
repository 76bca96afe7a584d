"""The small window that stays on top, and the way back to the usual one."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QMainWindow

from gui.notices.notice import Notice, merged
from gui.notices.wish import Wish
from gui.settings.store import Geometries
from gui.style.theme import SMALLEST_SIZE

USUAL_SIZE = (960, 540)


COMPACT_SIZE = (460, 200)


COMPACT_SMALLEST = (360, 140)


FILLS_SCREEN = Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen


FRAME = QSize(16, 56)
"""What title bar and borders of a window take of a screen, in pixels."""
SHARE, LARGEST = 0.62, QSize(1440, 810)
"""Part of a large screen that the window takes at first, and its size there at most."""


def first_size(room: QSize) -> QSize:
    """Size of the usual window when it is opened for the first time.

    Args:
        room: of the screen, in pixels.
    """
    wanted = QSize(round(SHARE * room.width()), round(SHARE * room.height()))
    size = wanted.boundedTo(LARGEST).expandedTo(QSize(*USUAL_SIZE))
    return size.boundedTo(room - FRAME)


class CompactShape:
    """Gives a window its size and its place in front, and remembers those of both views.

    Args:
        window: takes the usual size at once.
        remembered: geometries of an earlier run.
    """

    def __init__(self, window: QMainWindow, remembered: Geometries) -> None:
        self._window = window
        self._kept = {False: remembered.usual, True: remembered.compact}
        self._places: dict[bool, QRect] = {}
        """Places to the pixel, which a geometry of Qt is not on every desktop; of this run only."""
        self._compact: bool | None = None
        window.resize(first_size(window.screen().availableGeometry().size()))

    def take(self, compact: bool) -> None:
        """Make the window compact or usual, where and as large as it was so the last time."""
        if compact == self._compact:
            return
        self._note()
        window, self._compact = self._window, compact
        window.setMinimumSize(*(COMPACT_SMALLEST if compact else SMALLEST_SIZE))
        visible = window.isVisible()
        window.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint, compact)
        if not self._restore():
            window.setWindowState(window.windowState() & ~FILLS_SCREEN)
            room = window.screen().availableGeometry().size()
            window.resize(QSize(*COMPACT_SIZE) if compact else first_size(room))
        if visible:
            window.show()

    def geometries(self) -> Geometries:
        """Sizes and places of both views, as they are now."""
        self._note()
        return Geometries(self._kept[False], self._kept[True])

    def _note(self) -> None:
        """Note where the window is in the view that it has now, if it has one."""
        if self._compact is not None:
            self._kept[self._compact] = self._window.saveGeometry()
            self._places[self._compact] = self._window.geometry()

    def _restore(self) -> bool:
        """Put the window where it was in the view that it has now, if that is known."""
        assert self._compact is not None
        if not self._window.restoreGeometry(self._kept[self._compact]):
            return False
        place = self._places.get(self._compact)
        if place is not None and not self._window.windowState() & FILLS_SCREEN:
            self._window.setGeometry(place)
        return True


def compact_notices(notices: Sequence[Notice]) -> list[Notice]:
    """What a compact window, where nothing can be chosen, says of notices: the way back too.

    There is room for one strip; hints and what is only by the way are not worth it.
    """
    kept = [
        notice for notice in notices if notice.kind != "hint" and (notice.title or notice.closable)
    ]
    if not kept:
        return []
    notice = merged(kept)
    serious = notice.kind in ("warning", "error")
    return [replace(notice, actions=(*notice.actions, Wish.USUAL_VIEW)) if serious else notice]
