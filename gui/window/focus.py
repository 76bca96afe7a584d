"""The keyboard focus: where it goes when its control disappears, and keys that no control wants."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QWidget

from gui.notices.wish import Wish
from gui.widgets.dialogs import is_panic

if TYPE_CHECKING:
    from gui.window.shell import Shell


class FocusHome(QObject):
    """Keeps the keyboard focus of one window at home, on the page in front.

    Qt hands the focus of a hidden button to the next control, where Space would open a list.

    Args:
        window: whose page in front is home.
    """

    def __init__(self, window: "Shell") -> None:
        super().__init__(window.widget)
        self._window = window
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._changed)

    def _changed(self, before: QWidget | None, now: QWidget | None) -> None:
        """Go home where the focus only moved because what had it is hidden."""
        window = self._window.widget
        if before is None or now is None or before.window() is not window:
            return
        if now.window() is window and not before.isVisibleTo(window):
            self.go()

    def go(self) -> None:
        """Give the keys to the page in front."""
        page = self._window.pages.currentWidget()
        takes = self._window.takes_navigation.page_if_made
        home = takes.home if takes is not None and page is takes else self._window.pane
        practice = self._window.practice
        (practice.home if practice.shown else home).setFocus()

    def press(self, event: QKeyEvent) -> bool:
        """Whether a key that no control wanted meant something.

        Space plays the open take, or starts or stops the demo. Enter in a number box gives the keys
        back. Ctrl+Z without edits brings back from the trash.
        """
        window = self._window
        if is_panic(event):
            window.do(Wish.PANIC)
        elif window.practice.press(event):
            pass
        elif event.matches(QKeySequence.StandardKey.Undo):
            window.do(Wish.BRING_BACK)
        elif event.key() == Qt.Key.Key_M and not event.modifiers():
            if not event.isAutoRepeat():
                window.do(Wish.MUTE)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(
            QApplication.focusWidget(), QAbstractSpinBox
        ):
            self.go()
        elif event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._play()
        else:
            return False
        return True

    def _play(self) -> None:
        takes = self._window.takes_navigation
        if not takes.shown:
            self._window.controller.toggle_demo()
        elif takes.page.opened is not None:
            takes.page.play()
