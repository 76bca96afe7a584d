"""Where the keys go when the control that had them disappears: to the notes, not next door."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:
    from gui.window.shell import Shell


class FocusHome(QObject):
    """Watches the focus of one window.

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
        takes = self._window.takes_if_made
        home = takes.home if takes is not None and page is takes else self._window.pane
        practice = self._window.practice
        (practice.home if practice.shown else home).setFocus()
