"""Applies theme and note names to all parts of the window; names follow the music's key."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from gui.language.translate import language
from gui.music.key_guess import KeyFollower, key_name
from gui.music.pitch_names import spelled
from gui.style.apply import dress, wanted_theme
from gui.style.note_style import NoteInk
from gui.style.theme import Theme
from gui.window.menu import build_menu
from realtime.values.snapshot import Snapshot

if TYPE_CHECKING:
    from gui.window.shell import Shell


class Appearance(QObject):
    """Applies theme, colours and note names to every part of the window.

    Args:
        window: whose parts exist already.
    """

    ink: NoteInk
    """Colours and names of notes, as they are now."""

    def __init__(self, window: "Shell") -> None:
        super().__init__(window.widget)
        self._window = window
        self._keys = KeyFollower()
        self._keys_shown = ""

    def refresh(self, _scheme: object = None) -> None:
        """Put theme and naming on every part."""
        window, choices = self._window, self._window.choices
        theme = wanted_theme(choices.theme)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        dress(application, theme)
        window.pane.calm = choices.calm
        window.takes_navigation.set_calm(choices.calm)
        window.pane.show_spectrogram(choices.spectrogram)
        if choices.keys != self._keys_shown:
            self._keys_shown = choices.keys
            window.pane.set_keyboard(choices.keys)
        self._refresh_ink(theme)
        window.status.set_theme(theme)
        window.wishes.refresh()
        menu = build_menu(window.widget, window.choices, window.wishes, window.choose)
        window.top_bar.set_menu(menu)

    def follow(self, snapshot: Snapshot) -> None:
        """Guess the key of what is played; another one may spell the notes anew."""
        key = self._keys.key
        if self._keys.update(snapshot.notes, snapshot.stream_s) != key:
            self._refresh_ink(wanted_theme(self._window.choices.theme))

    def _refresh_ink(self, theme: Theme) -> None:
        window = self._window
        usual = "german" if language() == "pl" else "letters"
        key = self._keys.key
        naming = spelled(window.choices.naming or usual, key is not None and key.flats)
        ink = self.ink = NoteInk(theme, naming)
        window.transport.show_key(key_name(key, naming))
        window.log.naming = ink.naming
        window.pane.set_ink(ink)
        window.takes_navigation.set_ink(ink)
        window.practice.set_ink(ink)
        window.top_bar.set_theme(theme, ink.naming)
        window.transport.set_theme(theme, ink)
