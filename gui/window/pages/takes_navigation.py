"""Navigation to the page of takes, and the newest take."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from gui.notices.wish import Wish
from gui.window.pages.page_navigation import PageNavigation

if TYPE_CHECKING:
    from gui.window.pages.takes_page import TakesPage
    from gui.window.shell import Shell


class TakesNavigation(PageNavigation["TakesPage"]):
    """Opens and leaves the page of takes of one window."""

    def __init__(self, window: "Shell") -> None:
        super().__init__(window)
        self._written = ""
        """The .mid of the newest take, as the engine wrote it."""

    def _make(self) -> "TakesPage":
        from gui.window.pages.takes_page import TakesPage

        page, window = TakesPage(), self._window
        page.join(window.toast, window.jobs, window.transport.take, window.controller)
        page.refine_wanted.connect(window.files.refine)
        page.trashed.connect(window.wishes.trashed)
        page.practise_wanted.connect(window.practice.open)
        page.record_wanted.connect(self._record_first)
        page.view.player.changed.connect(self._mute_midi)
        page.set_calm(window.choices.calm)
        return page

    @property
    def newest(self) -> str:
        """The .mid of the newest take where it is now, "" where there is none."""
        return self._window.transport.take.path

    def place_of(self, written: str) -> str:
        """The .mid that the engine wrote as `written`, wherever it is now; "" where it is gone."""
        return self._window.transport.take.place_of(written)

    def set_calm(self, calm: bool) -> None:
        """Move without animation, or with it."""
        if self.page_if_made is not None:
            self.page_if_made.set_calm(calm)

    def show(self, shown: bool) -> None:
        """Bring the page to the front, or the live roll."""
        if shown == self.shown:
            return
        window = self._window
        window.practice.leave()
        window.pages.setCurrentWidget(self.page if shown else window.pane)
        window.transport.offer_saving(not shown)
        if shown:
            window.toast.make_room()
            self.enter_if_shown()
            self.page.library.list.setFocus()
        else:
            self.page.leave()
            window.pane.setFocus()
        window.wishes.refresh()

    def open(self, written: str) -> None:
        """Show the take that the engine wrote as `written`."""
        self._window.set_compact(False)
        self.show(True)
        self._enter(self.place_of(written))

    def follow(self, written: str) -> None:
        """Take the newest take of a snapshot: tell of one that is new, and list it."""
        if written == self._written:
            return
        self._written = written
        if written:
            self._window.wishes.kept(written)
        self.enter_if_shown()

    def enter_if_shown(self) -> None:
        """Read the folder again and choose the newest take, where the page is in front."""
        if self.shown:
            self._enter(self.place_of(self._written))

    def exclude(self, paths: Iterable[Path]) -> None:
        """These files of takes are in the trash."""
        self._window.transport.take.exclude(paths)

    def include(self, paths: Iterable[Path]) -> None:
        """Count these files of takes as there again: they are back from the trash."""
        self._window.transport.take.include(paths)

    def _enter(self, midi: str) -> None:
        self.page.enter(self._window.controller.takes_folder, Path(midi).stem if midi else "")

    def _record_first(self) -> None:
        """Record where what is played is seen, unless that goes on already."""
        self.show(False)
        last = self._window.controller.last
        if last is None or not last.snapshot.recording:
            self._window.do(Wish.RECORD)

    def _mute_midi(self) -> None:
        """Send no MIDI while a take plays: it would come back through the microphone."""
        window = self._window
        window.controller.mute_midi(self.page.view.player.playing and window.choices.mute_midi)
