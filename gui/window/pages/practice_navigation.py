"""Navigation to the page of practice."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from gui.controller.frame import Frame
from gui.window.pages.page_navigation import PageNavigation

if TYPE_CHECKING:
    from gui.practice.practice_page import PracticePage


class PracticeNavigation(PageNavigation["PracticePage"]):
    """Opens and leaves the page of practice of one window."""

    def _make(self) -> "PracticePage":
        from gui.practice.practice_page import PracticePage

        page, window = PracticePage(), self._window
        page.said.connect(window.toast.show_text)
        page.failed.connect(lambda reason: window.toast.show_text(reason, "error"))
        page.plan_wanted.connect(window.controller.practise)
        page.stop_wanted.connect(window.controller.stop_practising)
        page.stage.keyboard.pressed.connect(window.controller.press)
        page.stage.keyboard.released.connect(window.controller.release)
        return page

    @property
    def home(self) -> QWidget:
        """What takes the keys there."""
        return self.page.home

    def show(self, shown: bool) -> None:
        """Bring the page to the front, or the live roll."""
        window = self._window
        if shown == self.shown:
            return
        if shown:
            window.takes_navigation.show(False)
            window.pages.setCurrentWidget(self.page)
            self.page.enter(window.controller.takes_folder)
        else:
            self.leave()
            window.pages.setCurrentWidget(window.pane)
            window.pane.setFocus()
        window.wishes.refresh()

    def toggle(self) -> None:
        """Practise, or go back; from an open take, practise that."""
        takes = self._window.takes_navigation.page_if_made
        opened = takes.opened if takes is not None and self._window.shows_takes else None
        if opened is not None:
            self.open(str(opened.newest.csv))
        else:
            self.show(not self.shown)

    def open(self, name: str) -> None:
        """Practise a piece by the name of a file, a take or a bundled piece."""
        self.show(True)
        self.page.open(name)

    def leave(self) -> None:
        """The page is left: nobody plays any more."""
        if self.page_if_made is not None:
            self.page_if_made.leave()

    def follow(self, frame: Frame) -> None:
        """Show one picture of the engine, where practice is in front."""
        if self.page_if_made is not None:
            self.page_if_made.show_frame(frame)

    def press(self, event: QKeyEvent) -> bool:
        """Whether the page took a key that no control wanted."""
        return self.shown and self.page.press(event)


def is_piece(path: Path) -> bool:
    """Whether a file is a piece to be practised, by its name."""
    from gui.practice.chooser import PIECE_SUFFIXES

    return path.suffix.lower() in PIECE_SUFFIXES
