"""The place of messages: they lie over the page in front, and nothing moves for them."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QWidget

from gui.notices.notice_view import NoticeStrip
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
        pages: messages lie over nothing else.
        over: the part of the page that they may lie over, at this moment, where there is room.
    """

    def __init__(self, root: QWidget, pages: QWidget, over: Callable[[], QWidget]) -> None:
        super().__init__(root)
        self._root, self._pages, self._over = root, pages, over
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

    @property
    def room_for_notices(self) -> int:
        """How many notices of one line fit beside the messages that are no notices."""
        others = sum(not isinstance(strip, NoticeStrip) for strip in self._above)
        return self._find_area().height() // (ONE_LINE + GAP) - others

    def covers(self, part: QWidget) -> bool:
        """Whether a message lies over a part of the window."""
        area = QRect(part.mapTo(self._root, QPoint(0, 0)), part.size())
        return any(strip.geometry().intersects(area) for strip in self._above)

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
        self._above[strip] = self._lowest_free(self._height(strip, one_line=False))
        self._place_all()
        strip.raise_()

    def _find_area(self) -> QRect:
        over = self._over()
        return QRect(over.mapTo(self._root, QPoint(0, 0)), over.size())

    def _place_all(self) -> None:
        """Fit the messages that are shown; who does not grow into another stays where it is."""
        self._area = area = self._find_area()
        shown = [strip for strip, _ in sorted(self._above.items(), key=lambda item: item[1])]
        heights = self._fit(shown)
        stacked, top = [], 0
        for strip in shown:
            stacked.append(max(self._above[strip], top))
            top = stacked[-1] + heights[strip] + GAP
        if top - GAP > area.height():  # no room to stay where they are
            stacked, top = [], self._lowest_for(sum(heights.values()) + GAP * (len(shown) - 1))
            for strip in shown:
                stacked.append(top)
                top += heights[strip] + GAP
        for strip, above in zip(shown, stacked, strict=True):
            self._above[strip] = above
            self._put(strip, above, heights[strip])

    def _lowest_for(self, height: int) -> int:
        """Where a pile of this height begins: below the area where it does not fit above."""
        area, top = self._find_area(), self._pages.mapTo(self._root, QPoint(0, 0)).y()
        return min(0, area.bottom() + 1 - top - height)

    def _fit(self, shown: list[Strip]) -> dict[Strip, int]:
        """Height of each message; the tallest take one line until all fit into the area."""
        heights = {strip: self._height(strip, one_line=False) for strip in shown}
        for strip in sorted(shown, key=heights.__getitem__, reverse=True):
            if sum(heights.values()) + GAP * (len(shown) - 1) <= self._area.height():
                break
            heights[strip] = self._height(strip, one_line=True)
        return heights

    def _height(self, strip: Strip, one_line: bool) -> int:
        """Pixels that a message takes, in one line or whole."""
        self._placing = True
        strip.fit(self._width(), 0 if one_line else self._root.height())
        self._placing = False
        return strip.height_for(self._width())

    def _width(self) -> int:
        return min(self._find_area().width() - 2 * GAP, WIDEST)

    def _put(self, strip: Strip, above: int, height: int) -> None:
        """Lay a message so many pixels above the lower edge; a pile may grow beyond the upper."""
        area, width = self._find_area(), self._width()
        left = area.left() + (area.width() - width) // 2
        self._placing = True
        strip.setGeometry(left, area.bottom() + 1 - above - height, width, height)
        self._placing = False

    def _lowest_free(self, height: int) -> int:
        """The lowest place for a message of this height that is free and not under the mouse."""
        above = GAP
        for other, place in sorted(self._above.items(), key=lambda item: item[1]):
            if above < place + other.height() + GAP and place < above + height + GAP:
                above = place + other.height() + GAP
        area, mouse = self._find_area(), self._root.mapFromGlobal(QCursor.pos())
        mouse_above = area.bottom() + 1 - mouse.y()
        aims = area.left() <= mouse.x() <= area.right() and above <= mouse_above <= above + height
        beyond = mouse_above + GAP
        return beyond if aims and beyond + height <= area.height() else above
