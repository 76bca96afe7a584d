"""Short messages on what was done: "Saved as ...", "... is in the trash", with Undo."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QPushButton

from gui.language.bound_texts import bind_text
from gui.language.translate import Text, tr
from gui.notices.strip import Strip, StripLabel, show_kind
from gui.widgets.bound_button import set_words, text_button

GOES_MS = 8000
"""How long plain news stays."""


class Toast(Strip):
    """A short message about what was just done; plain news disappears, offers and errors stay.

    What can be undone or acted on stays, errors stay, and with a screen reader everything stays.
    """

    undo_clicked = Signal()
    spoken = Signal(str)
    """What is said, for the notes as text."""

    def __init__(self) -> None:
        super().__init__()
        self.label = StripLabel()
        self.undo = text_button(tr("Undo"))
        bind_text(self.undo.setToolTip, Text(lambda: f"{tr('Undo')} ({tr('Ctrl')}+Z)"))
        self.action, self.other = QPushButton(), QPushButton()
        self._acts: dict[QPushButton, Callable[[], object]] = {}
        self._is_error = False
        self.close_button = text_button(tr("Close"))
        for button in (self.undo, self.action, self.other, self.close_button):
            self.buttons.addWidget(button)
        self.undo.clicked.connect(self.undo_clicked)
        for button in (self.action, self.other):
            button.clicked.connect(lambda _=False, b=button: self._do(b))
        self.close_button.clicked.connect(self.hide)
        self.leaving = QTimer(self)
        self.leaving.setSingleShot(True)
        self.leaving.setInterval(GOES_MS)
        self.leaving.timeout.connect(self._leave)
        self.arrange(narrow=False)

    def place(self, narrow: bool) -> None:
        """The buttons beside the words, or below them; in one line the words may be cut."""
        self.label.set_one_line(self.short)
        self.grid.addWidget(self.label, 0, 1)
        below = narrow and not self.short
        self.grid.addLayout(
            self.buttons, *((1, 1) if below else (0, 2)), Qt.AlignmentFlag.AlignRight
        )
        self.grid.setColumnStretch(1, 1)

    def show_text(self, text: str, kind: str = "info", undo: bool = False) -> None:
        """Show a message, with a button to undo what was done where `undo` is set."""
        show_kind(self.kind, kind)
        self._is_error = kind == "error"
        self.label.show_text(text)
        self.announce(text)
        self.spoken.emit(text)
        self.undo.setVisible(undo)
        self._acts = {}
        self.action.hide()
        self.other.hide()
        self.show()
        if kind == "info" and not undo and not QAccessible.isActive():
            self.leaving.start()
        else:
            self.leaving.stop()

    def offer(
        self,
        text: str,
        *offers: tuple[str, Callable[[], object]],
        kind: str = "info",
        goes: bool = False,
    ) -> None:
        """Say this, with one or two buttons: (what it says, what it does, once).

        It stays until it is answered, unless it `goes` by itself like plain news.
        """
        self.show_text(text, kind)
        if not goes:
            self.leaving.stop()
        for button, (label, act) in zip((self.action, self.other), offers, strict=False):
            self._acts[button] = act
            set_words(button, label)
            button.show()

    def make_room(self) -> None:
        """Something else was begun: go, but for errors and what can still be undone."""
        if self.undo.isHidden() and not self._is_error:
            self.hide()

    def _do(self, button: QPushButton) -> None:
        """Go first: what is done may have something to say."""
        act = self._acts.get(button)
        self._acts = {}
        self.hide()
        if act is not None:
            act()

    def _leave(self) -> None:
        """Go, unless somebody is about to use it."""
        if self.underMouse() or self.close_button.hasFocus():
            self.leaving.start()
        else:
            self.hide()
