"""A dialog that lets the panic key through: it must work whatever is in front."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from gui.system_language import spoken_locale


class Dialog(QDialog):
    """Hands F12 and Ctrl+. on to the window behind it; Esc closes it, as everywhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setLocale(spoken_locale())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Panic first."""
        behind = self.parentWidget()
        if is_panic(event) and behind is not None:
            QApplication.sendEvent(behind.window(), event)
        else:
            super().keyPressEvent(event)


def is_panic(event: QKeyEvent) -> bool:
    """Whether this key silences everything."""
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return event.key() == Qt.Key.Key_F12 or (control and event.key() == Qt.Key.Key_Period)
