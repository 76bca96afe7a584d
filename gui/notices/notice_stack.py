"""The notices above the roll, one strip each, as many as the window has room for."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.notices.notice import Notice, merged
from gui.notices.notice_view import NoticeStrip
from gui.notices.strip_stack import ONE_LINE

SHARE = 4
"""Strips take a fourth of the window's height at most, but there is always one."""


class NoticeStack(QWidget):
    """Shows the notices it is given; the last strip names those there is no room for."""

    acted = Signal(object)
    """What the user chose."""
    dismissed = Signal(object)
    """The notice that the user sent away."""
    added = Signal(object)
    """A strip that is new: it is kept and used again."""

    def __init__(self) -> None:
        super().__init__()
        self.notices: list[Notice] = []
        """What is shown, from above."""
        self.strips: list[NoticeStrip] = []
        """One for each, and some that are hidden."""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.hide()

    def show_notices(self, notices: Sequence[Notice]) -> None:
        """Show these, the most important first."""
        room = max(1, self.window().height() // (SHARE * ONE_LINE))
        shown = list(notices[:room])
        if len(notices) > room:
            shown[-1] = merged(notices[room - 1 :])
        if shown == self.notices:
            return
        self.notices = shown
        while len(self.strips) < len(shown):
            self._add()
        self.setVisible(bool(shown))
        for index, strip in enumerate(self.strips):
            strip.show_notice(shown[index] if index < len(shown) else None)

    def _add(self) -> None:
        strip = NoticeStrip()
        strip.acted.connect(self.acted)
        strip.dismissed.connect(self.dismissed)
        self.strips.append(strip)
        self._column.addWidget(strip)
        self.added.emit(strip)
