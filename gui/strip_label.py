"""The words of a strip: as many lines as they need, or one that is cut."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLabel

from gui.controls import ElidedLabel


class StripLabel(ElidedLabel):
    """Wraps its words, unless `set_one_line` asks for one line with the rest in the tip."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)

    def set_one_line(self, one_line: bool) -> None:
        """One line, which may be cut, or all words."""
        self.setWordWrap(not one_line)
        self.say(self.text())

    def say(self, words: str) -> None:
        """Show these words."""
        self.setText(words)
        self.setToolTip("" if self.wordWrap() else words)

    def sizeHint(self) -> QSize:
        """Room for all words."""
        return QLabel.sizeHint(self) if self.wordWrap() else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """One line may become narrow."""
        return QLabel.minimumSizeHint(self) if self.wordWrap() else super().minimumSizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits."""
        if self.wordWrap():
            QLabel.paintEvent(self, event)
        else:
            super().paintEvent(event)
