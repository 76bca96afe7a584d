"""A message over the page: a colour that says how serious it is, words, buttons."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from gui.language.bound_texts import bind_text
from gui.language.translate import translated
from gui.style.theme import SPACE
from gui.widgets.controls import ElidedLabel
from gui.widgets.plain import set_plain_tip

NARROW = 560
"""Below this width a strip has two lines."""


SHORT = 200
"""A window lower than this has room for one line only."""


class Strip(QWidget):
    """A message over the page, hidden while it has no text; `place` lays its parts out."""

    coming = Signal()
    """It is about to be shown: the last moment to give it its place."""
    one_line_below = SHORT
    """Height of the window in pixels below which there is one line only."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.kind = kind_line()
        self.kind.setFixedWidth(3)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(SPACE * 2)
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(SPACE * 3, SPACE + 2, SPACE * 3, SPACE + 2)
        self.grid.setSpacing(SPACE * 2)
        self.narrow: bool | None = None
        self.short = False
        self.hide()

    def place(self, narrow: bool) -> None:
        """Put the parts into the grid, right of the coloured line in column 0."""
        raise NotImplementedError

    def arrange(self, narrow: bool) -> None:
        """Put text and buttons on one line, or on two where one is too narrow."""
        if narrow != self.narrow:
            self.narrow = narrow
            self.grid.removeItem(self.buttons)
            self.grid.addWidget(self.kind, 0, 0, 2 if narrow and not self.short else 1, 1)
            self.place(narrow)

    def fit(self, width: int, height: int) -> None:
        """Fit into a window of this size in pixels."""
        short = height < self.one_line_below
        if short != self.short:
            self.short, self.narrow = short, None
        self.arrange(width < NARROW)

    def announce(self, words: str) -> None:
        """Set the accessible name, and have a screen reader read it out."""
        if words != self.accessibleName() or self.isHidden():
            bind_text(self.setAccessibleName, words)
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def setVisible(self, visible: bool) -> None:
        """Appear in place, rather than move there a moment later."""
        if visible and self.isHidden():
            self.coming.emit()
        super().setVisible(visible)

    def height_for(self, width: int) -> int:
        """Height in pixels that all it holds needs at this width."""
        self.ensurePolished()
        for part in self.findChildren(QWidget):
            part.ensurePolished()
        self.grid.invalidate()
        least = self.grid.totalMinimumSize().height()
        if self.grid.hasHeightForWidth():
            return max(least, self.grid.totalHeightForWidth(width))
        return max(least, self.grid.totalSizeHint().height())


def kind_line() -> QWidget:
    """The thin coloured line that says how serious something is."""
    line = QWidget()
    line.setObjectName("kindLine")
    line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return line


def show_kind(line: QWidget, kind: str) -> None:
    """Colour the line: hint, info, warning or error."""
    if line.property("kind") != kind:
        line.setProperty("kind", kind)
        line.style().unpolish(line)
        line.style().polish(line)


class StripLabel(ElidedLabel):
    """Wraps its words, unless `set_one_line` asks for one line with the rest in the tip."""

    def __init__(self) -> None:
        super().__init__()
        self._words = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)

    def set_one_line(self, one_line: bool) -> None:
        """One line, which may be cut, or all words."""
        self.setWordWrap(not one_line)
        self.show_text(translated(self._words))  # another language may be spoken by now

    def show_text(self, words: str) -> None:
        """Show this text, elided where it does not fit."""
        self._words = words
        bind_text(self.setText, words)
        set_plain_tip(self, "" if self.wordWrap() else words)

    def sizeHint(self) -> QSize:
        """Ask for the room that the whole text takes."""
        return QLabel.sizeHint(self) if self.wordWrap() else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """One line may become narrow."""
        return QLabel.minimumSizeHint(self) if self.wordWrap() else super().minimumSizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much of the text as fits."""
        if self.wordWrap():
            QLabel.paintEvent(self, event)
        else:
            super().paintEvent(event)
