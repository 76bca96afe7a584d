"""What each helper of the window may ask of it; helpers import this instead of the window."""

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
    from gui.window.takes_page import TakesPage
    from realtime.takes.library import Take


class SoundFiles(Protocol):
    """What becomes of sound files that are given to the window."""

    def transcribe(self, sound: Path) -> None:
        """Put a sound file in the queue of files to be heard."""

    def refine(self, take: "Take") -> None:
        """Hear the sound of a take again, with hindsight."""


class ModelAndFolderWay(Protocol):
    """Where takes go and which model hears."""

    def choose_folder(self) -> None:
        """Ask for the folder of takes."""

    def choose_model(self) -> None:
        """Ask for a model file."""


class ActionList(Protocol):
    """The actions of the window, each made once."""

    def __getitem__(self, wish: "Wish") -> "QAction":
        """The action of a wish, for menus and buttons."""

    def refresh(self) -> None:
        """Check and enable each action as the window stands now."""

    def kept(self, written: str) -> None:
        """A take was kept as this .mid: say so, and offer to open it."""

    def trashed(self, gone: "Trashed") -> None:
        """Something is in the trash now: say so, and offer the way back."""


class Page(Protocol):
    """What is in front: the live roll, or the takes."""

    def zoom_time(self, factor: float) -> None:
        """Show `factor` times as many seconds."""

    def reset_view(self) -> None:
        """Return to the usual zoom."""

    @property
    def message_place(self) -> "QWidget":
        """The part of the page that messages may lie over."""


class PracticePage(Protocol):
    """The way to the page of practice."""

    @property
    def shown(self) -> bool:
        """Whether the page is in front."""

    @property
    def home(self) -> "QWidget":
        """What takes the keys there."""

    def set_ink(self, ink: "NoteInk") -> None:
        """Draw in another theme or naming."""

    def toggle(self) -> None:
        """Bring practice to the front, or go back to the live roll."""

    def leave(self) -> None:
        """The page is left: nobody plays any more."""

    def press(self, event: "QKeyEvent") -> bool:
        """Whether the page took a key that no control wanted."""

    def open(self, name: str) -> None:
        """Practise a piece by the name of a file, a take or a bundled piece."""


class TakesWay(Protocol):
    """The way to the page of takes."""

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
        """These files of takes are in the trash."""

    def include(self, paths: Iterable[Path]) -> None:
        """Count these files of takes as there again: they are back from the trash."""


class Window(Protocol):
    """What every helper needs: who plays, where messages go, whose child a dialog is."""

    controller: "Controller"
    toast: "Toast"

    @property
    def widget(self) -> "QMainWindow":
        """The window itself: parent of dialogs and helpers."""


class HasChoices(Protocol):
    """A window with choices, which are remembered."""

    choices: "Choices"

    def choose(self, field: str, value: Any) -> None:
        """Change one of the choices, remember and apply it."""

    def set_compact(self, compact: bool) -> None:
        """Change between the small window and the usual one."""


class HasRoll(Protocol):
    """The live roll, and the stack that it is a page of."""

    pane: "RollPane"
    pages: "QStackedWidget"


class HasTakes(Protocol):
    """The takes, and the way to them."""

    @property
    def takes_door(self) -> TakesWay:
        """The way to the page of takes, and the newest take."""

    @property
    def takes(self) -> "TakesPage":
        """The page of takes, made when it is first wanted."""

    @property
    def shows_takes(self) -> bool:
        """Whether the page of takes is in front."""


class HasPractice(Protocol):
    """The way to the page of practice."""

    @property
    def practice(self) -> PracticePage:
        """The way to the page, whether the page was made or not."""


class HasActions(Protocol):
    """The actions of the window."""

    @property
    def wishes(self) -> ActionList:
        """Each action, by its wish."""

    def do(self, wish: "Wish") -> None:
        """Carry out the action of this wish."""


class HasFiles(Protocol):
    """Sound files that are given to the window."""

    jobs: "JobStrip"

    @property
    def files(self) -> SoundFiles:
        """The way of sound files into the window, and what becomes of them."""


class NeededByPractice(Window, HasRoll, HasTakes, HasActions, Protocol):
    """The window as `PracticeDoor` sees it."""


class NeededByTakes(Window, HasChoices, HasRoll, HasPractice, HasActions, HasFiles, Protocol):
    """The window as `TakesDoor` sees it."""

    transport: "Transport"


class NeededByFocus(Window, HasRoll, HasTakes, HasPractice, HasActions, Protocol):
    """The window as `FocusHome` sees it."""


class NeededByFileSound(Window, HasTakes, Protocol):
    """The window as `FileSound` sees it."""

    transport: "Transport"


class NeededByPlaces(Window, HasChoices, HasTakes, Protocol):
    """The window as `ModelAndFolder` sees it."""


class NeededByFiles(Window, HasChoices, HasTakes, HasPractice, HasActions, Protocol):
    """The window as `DroppedFiles` sees it."""

    jobs: "JobStrip"


class NeededByLooks(Window, HasChoices, HasRoll, HasTakes, HasPractice, HasActions, Protocol):
    """The window as `Appearance` sees it: every part that is painted."""

    top_bar: "TopBar"
    transport: "Transport"
    status: "StatusBar"
    log: "NoteLog"


class NeededByActions(Window, HasChoices, HasRoll, HasTakes, HasPractice, HasFiles, Protocol):
    """The window as `Actions` sees it: all that a key or a menu can reach."""

    top_bar: "TopBar"
    log_window: "NoteLogWindow"

    @property
    def places(self) -> ModelAndFolderWay:
        """Where takes go and which model hears."""

    @property
    def page(self) -> Page:
        """Page in front: live roll, takes or practice."""

    def close(self) -> bool:
        """Close the window; returns whether it did."""
