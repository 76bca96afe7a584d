"""Navigation to a page of the window that is made when it is first wanted."""

from functools import cached_property
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from gui.style.note_style import NoteInk
    from gui.window.shell import Shell


class InkedPage(Protocol):
    """A page of the window: a widget that draws in the theme's colours."""

    def set_ink(self, ink: "NoteInk") -> None:
        """Draw in another theme or naming."""


AnyPage = TypeVar("AnyPage", bound=InkedPage)


class PageNavigation(QObject, Generic[AnyPage]):
    """Opens and leaves one page; the window opens sooner without it.

    Args:
        window: whose pages it is one of.
    """

    made = Signal(QWidget)
    """The page was made; it is told once."""

    def __init__(self, window: "Shell") -> None:
        super().__init__(window.widget)
        self._window = window
        self._ink: NoteInk | None = None

    def _make(self) -> AnyPage:
        """A new page, connected with the window."""
        raise NotImplementedError

    @cached_property
    def page(self) -> AnyPage:
        """The page, made when it is first wanted."""
        page = self._make()
        if self._ink is not None:
            page.set_ink(self._ink)
        assert isinstance(page, QWidget)
        self._window.pages.addWidget(page)
        self.made.emit(page)
        return page

    @property
    def page_if_made(self) -> AnyPage | None:
        """The page, None as long as nobody wanted it."""
        return self.__dict__.get("page")

    @property
    def shown(self) -> bool:
        """Whether the page is in front."""
        made: object = self.page_if_made
        return made is not None and self._window.pages.currentWidget() is made

    def set_ink(self, ink: "NoteInk") -> None:
        """Draw in another theme or naming, now and when the page is made."""
        self._ink = ink
        if self.page_if_made is not None:
            self.page_if_made.set_ink(ink)
