"""The place of messages: they lie over the page in front, and nothing moves for them."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QWidget

from gui.notices.strip import Strip
from gui.style.theme import SPACE

WIDEST = 760
"""A message is at most this wide, in pixels: longer lines cannot be read at a glance."""
GAP = SPACE * 2
ONE_LINE = 42
"""Height in pixels of a message of one line."""
Needs = tuple[object, ...]
"""The area, the height of the window, and the sizes of each message that is shown."""


class MessageLayer(QObject):
    """Places messages from the bottom of an area upwards; each stays where it is until it goes.

    A message that comes takes the lowest place that is free and not under the mouse, so that
    nobody who is about to click hits it instead.

    Args:
        root: whose children the messages become.
        over: the part of the window that messages may lie over, at this moment.
    """

    def __init__(self, root: QWidget, over: Callable[[], QWidget]) -> None:
        super().__init__(root)
        self._root, self._over = root, over
        self._strips: list[Strip] = []
        self._above: dict[Strip, int] = {}
        """Message that is shown -> pixels between its lower edge and that of the area."""
        self._area = QRect()
        self._needs: Needs = ()
        """What the messages needed when they were placed last."""
        self._placing = False
        root.installEventFilter(self)

    def add(self, strip: Strip) -> None:
        """Place this message from now on whenever it is shown."""
        strip.setParent(self._root)
        strip.hide()
        self._strips.append(strip)
        strip.installEventFilter(self)
        strip.coming.connect(lambda: self._welcome(strip))

    def follow(self) -> None:
        """Go along with the area, if it is another one than before."""
        if self._area != self._find_area():
            self._place_all()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See who goes, who has more to say, and how much room there is."""
        kind = event.type()
        if watched is self._root:
            if kind == QEvent.Type.Resize:
                self._place_all()
            elif kind == QEvent.Type.LayoutRequest:
                self._place_again()
        elif isinstance(watched, Strip) and not self._placing:
            if kind == QEvent.Type.HideToParent:
                self._above.pop(watched, None)
            elif kind == QEvent.Type.LayoutRequest and watched in self._above:
                self._place_again()
        return False

    def _place_again(self) -> None:
        """Place the messages where one of them, or the area, has become another size.

        Qt asks for a new layout after every placing too: to answer that would never end.
        """
        if self._needs != self._find_needs():
            self._place_all()
            self._needs = self._find_needs()

    def _find_needs(self) -> Needs:
        area = self._find_area()
        sizes = []
        for strip in self._above:
            grid = strip.grid
            height = grid.totalHeightForWidth(strip.width())
            sizes.append((strip.width(), height, grid.totalSizeHint(), grid.totalMinimumSize()))
        return area, self._root.height(), *sizes

    def _welcome(self, strip: Strip) -> None:
        self._above.pop(strip, None)
        self._place(strip, self._lowest_free(strip))
        strip.raise_()

    def _find_area(self) -> QRect:
        over = self._over()
        return QRect(over.mapTo(self._root, QPoint(0, 0)), over.size())

    def _place_all(self) -> None:
        """Fit the messages that are shown; who does not grow into another stays where it is."""
        self._area = self._find_area()
        top = 0
        for strip, above in sorted(self._above.items(), key=lambda item: item[1]):
            self._place(strip, max(above, top))
            top = self._above[strip] + strip.height() + GAP

    def _place(self, strip: Strip, above: int) -> None:
        """Put a message so many pixels above the lower edge, or as high as there is room."""
        self._area = area = self._find_area()
        width, height = self._size(strip)
        self._above[strip] = above
        above = max(0, min(above, area.height() - height))
        left = area.left() + (area.width() - width) // 2
        self._placing = True
        strip.setGeometry(left, area.bottom() + 1 - above - height, width, height)
        self._placing = False

    def _size(self, strip: Strip) -> tuple[int, int]:
        """Width and height of a message; with others there is less room for its lines."""
        others = sum(each is not strip for each in self._above)
        width = min(self._find_area().width() - 2 * GAP, WIDEST)
        self._placing = True
        strip.fit(width, self._root.height() - others * ONE_LINE)
        self._placing = False
        return width, strip.height_for(width)

    def _lowest_free(self, strip: Strip) -> int:
        height = self._size(strip)[1]
        above = GAP
        for other, place in sorted(self._above.items(), key=lambda item: item[1]):
            if above < place + other.height() + GAP and place < above + height + GAP:
                above = place + other.height() + GAP
        area, mouse = self._find_area(), self._root.mapFromGlobal(QCursor.pos())
        mouse_above = area.bottom() + 1 - mouse.y()
        aims = area.left() <= mouse.x() <= area.right() and above <= mouse_above <= above + height
        beyond = mouse_above + GAP
        return beyond if aims and beyond + height <= area.height() else above
