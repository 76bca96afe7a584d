"""The window as its helpers see it: they import `Shell` instead of `MainWindow`.

Helpers and window hold each other; protocols keep their modules from importing in a circle.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QKeyEvent
    from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

    from gui.bars.note_log import NoteLog, NoteLogWindow
    from gui.bars.status_bar import StatusBar
    from gui.bars.transport import Transport
    from gui.controller.controller import Controller
    from gui.jobs.job_strip import JobStrip
    from gui.notices.toast import Toast
    from gui.notices.wish import Wish
    from gui.roll.live_roll import RollPane
    from gui.settings.choices import Choices
    from gui.settings.top_bar import TopBar
    from gui.style.note_style import NoteInk
    from gui.takes.trash import Trashed
    from gui.window.pages.takes_page import TakesPage
    from realtime.takes.library import Take


class FilesAccess(Protocol):
    """Sound files that are given to the window; `DroppedFiles` is one."""

    def transcribe(self, sound: Path) -> None:
        """Put a sound file in the queue of files that are transcribed."""

    def refine(self, take: "Take") -> None:
        """Transcribe the sound of a take again, with hindsight."""


class PlacesAccess(Protocol):
    """Choice of the folder of takes and of the model; `ModelAndFolder` is one."""

    def choose_folder(self) -> None:
        """Ask for the folder of takes."""

    def choose_model(self) -> None:
        """Ask for a model file."""


class ActionAccess(Protocol):
    """The actions of the window, each made once; `Actions` is one."""

    def __getitem__(self, wish: "Wish") -> "QAction":
        """The action of a wish, for menus and buttons."""

    def refresh(self) -> None:
        """Check and enable each action as the window stands now."""

    def kept(self, written: str) -> None:
        """Show a message that a take was kept as this .mid, with an offer to open it."""

    def trashed(self, gone: "Trashed") -> None:
        """Show a message that something is in the trash, with an offer to bring it back."""


class Page(Protocol):
    """A page that can be in front: live roll, takes or practice."""

    def zoom_time(self, factor: float) -> None:
        """Show `factor` times as many seconds."""

    def reset_view(self) -> None:
        """Return to the usual zoom."""

    @property
    def message_place(self) -> "QWidget":
        """The part of the page that messages may lie over."""


class PracticeAccess(Protocol):
    """Navigation to the page of practice; `PracticeNavigation` is one."""

    @property
    def shown(self) -> bool:
        """Whether the page is in front."""

    @property
    def home(self) -> "QWidget":
        """Widget of the page that gets the keyboard focus."""

    def set_ink(self, ink: "NoteInk") -> None:
        """Draw in another theme or naming."""

    def toggle(self) -> None:
        """Bring practice to the front, or go back to the live roll."""

    def leave(self) -> None:
        """Stop practising, as the page is left."""

    def press(self, event: "QKeyEvent") -> bool:
        """Use a key that no control wanted; returns whether it was one of the page."""

    def open(self, name: str) -> None:
        """Practise a piece by the name of a file, a take or a bundled piece."""


class TakesAccess(Protocol):
    """Navigation to the page of takes; `TakesNavigation` is one."""

    @property
    def page(self) -> "TakesPage":
        """The page, made when it is first wanted."""

    @property
    def page_if_made(self) -> "TakesPage | None":
        """The page, None as long as nobody wanted it."""

    @property
    def shown(self) -> bool:
        """Whether the page is in front."""

    @property
    def newest(self) -> str:
        """The .mid of the newest take where it is now, "" where there is none."""

    def place_of(self, written: str) -> str:
        """The .mid that the engine wrote as `written`, wherever it is now; "" where it is gone."""

    def set_calm(self, calm: bool) -> None:
        """Move without animation, or with it."""

    def set_ink(self, ink: "NoteInk") -> None:
        """Draw in another theme or naming."""

    def show(self, shown: bool) -> None:
        """Bring the page to the front, or the live roll."""

    def open(self, written: str) -> None:
        """Show the take that the engine wrote as `written`."""

    def enter_if_shown(self) -> None:
        """Read the folder again, where its takes are to be seen."""

    def exclude(self, paths: Iterable[Path]) -> None:
        """Count these files of takes as gone: they are in the trash."""

    def include(self, paths: Iterable[Path]) -> None:
        """Count these files of takes as there again: they are back from the trash."""


class Shell(Protocol):
    """Parts of the window, and what helpers may have it do."""

    controller: "Controller"
    choices: "Choices"
    toast: "Toast"
    jobs: "JobStrip"
    top_bar: "TopBar"
    pages: "QStackedWidget"
    """Live roll, takes and practice, of which one is in front."""
    pane: "RollPane"
    transport: "Transport"
    status: "StatusBar"
    log: "NoteLog"
    log_window: "NoteLogWindow"

    @property
    def widget(self) -> "QMainWindow":
        """The window itself: parent of dialogs and helpers."""

    @property
    def page(self) -> Page:
        """Page in front: live roll, takes or practice."""

    @property
    def takes(self) -> "TakesPage":
        """The page of takes, made when it is first wanted."""

    @property
    def takes_navigation(self) -> TakesAccess:
        """Navigation to the page of takes, and the newest take."""

    @property
    def shows_takes(self) -> bool:
        """Whether the page of takes is in front."""

    @property
    def practice(self) -> PracticeAccess:
        """The way to the page of practice, whether the page was made or not."""

    @property
    def files(self) -> FilesAccess:
        """The way of sound files into the window."""

    @property
    def places(self) -> PlacesAccess:
        """Where takes go and which model transcribes."""

    @property
    def wishes(self) -> ActionAccess:
        """Each action, by its wish."""

    def do(self, wish: "Wish") -> None:
        """Carry out the action of this wish."""

    def choose(self, field: str, value: Any) -> None:
        """Change one of the choices, remember and apply it."""

    def set_compact(self, compact: bool) -> None:
        """Change between the small window and the usual one."""

    def close(self) -> bool:
        """Close the window; returns whether it did."""
