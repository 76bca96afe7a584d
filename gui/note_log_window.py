"""A window with the notes as text, for screen readers and for copying."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from gui.dialog import Dialog
from gui.theme import SPACE
from gui.words import tr

MOST_LINES = 2000


class NoteLogWindow(Dialog):
    """Stays beside the main window; keeps the last lines also while it is closed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Notes as text"))
        self.resize(380, 320)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setMaximumBlockCount(MOST_LINES)
        self.text.setAccessibleName(tr("Notes as text"))
        self.text.setPlaceholderText(tr("Every note or chord becomes a line here."))
        column = QVBoxLayout(self)
        column.setContentsMargins(*(SPACE * 3,) * 4)
        column.addWidget(self.text)

    def show_lines(self, lines: list[str]) -> None:
        """Add lines at the end."""
        for line in lines:
            self.text.appendPlainText(line)

    def hand_over(self, other: "NoteLogWindow") -> None:
        """Another window goes on with the lines of this one, in its place if it is open."""
        other.text.setPlainText(self.text.toPlainText())
        other.text.moveCursor(QTextCursor.MoveOperation.End)
        if self.isVisible():
            other.setGeometry(self.geometry())
            other.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
            other.show()
            other.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, False)
            self.hide()
