"""A dialog that lets the panic key through: it must work whatever is in front."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.language.bound_texts import follow_language
from gui.language.translate import spoken_locale
from gui.style.theme import SPACE
from gui.widgets.input_filter import InputFilter
from gui.widgets.plain import plain_label


class Dialog(QDialog):
    """Hands F12 and Ctrl+. on to the window behind it; Esc closes it, as everywhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._follow_locale()
        follow_language(self._follow_locale)
        self._manners = InputFilter(self)

    def _follow_locale(self) -> None:
        self.setLocale(spoken_locale())

    def showEvent(self, event: QShowEvent) -> None:
        """Its controls refuse the same keys as those of the window."""
        self._manners.teach(self)
        super().showEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Silence all notes where the key says so, before anything else."""
        behind = self.parentWidget()
        if is_panic(event) and behind is not None:
            QApplication.sendEvent(behind.window(), event)
        else:
            super().keyPressEvent(event)


def is_panic(event: QKeyEvent) -> bool:
    """Whether this key silences everything."""
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return event.key() == Qt.Key.Key_F12 or (control and event.key() == Qt.Key.Key_Period)


class Question(Dialog):
    """A question with two buttons; the caller chooses which of them is the default.

    Args:
        parent: what it is about.
        title: of the dialog.
        text: that is asked.
        buttons: from the left; the last one is what Enter presses.
    """

    def __init__(
        self, parent: QWidget, title: str, text: str, buttons: Sequence[QPushButton]
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.words = plain_label(wrap=True)
        self.words.setText(text)
        self.words.setMinimumWidth(88 * SPACE)
        self.setAccessibleDescription(text)
        row = QHBoxLayout()
        row.addStretch(1)
        for button in buttons:
            button.setAccessibleName(button.text())
            row.addWidget(button)
        buttons[-1].setProperty("primary", True)
        buttons[-1].setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE * 6, SPACE * 5, SPACE * 6, SPACE * 5)
        column.setSpacing(SPACE * 4)
        column.addWidget(self.words)
        column.addLayout(row)
        buttons[-1].setFocus()
