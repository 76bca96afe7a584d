"""A window on a controller, and a fresh one when the language changes."""

from PySide6.QtCore import QObject

from gui.controller.controller import Controller
from gui.controller.device_scan import DeviceScan
from gui.language.translate import speak, tr
from gui.settings.store import SettingsStore
from gui.window.main_window import MainWindow


class Session(QObject):
    """Owns whichever window is open."""

    def __init__(self, controller: Controller, store: SettingsStore, scan: DeviceScan) -> None:
        super().__init__()
        self._parts = (controller, store, scan)
        choices, _ = store.load()
        speak(choices.language)
        self.window = self._open()
        self._tell_broken()

    def _tell_broken(self) -> None:
        """Say once what became of settings that made no sense."""
        backup = self._parts[1].backup
        if backup is not None:
            said = tr("Not all of your settings could be read; they are kept in {path}.",
                      path=backup)  # fmt: skip
            self.window.told.say(said, "warning")

    def _open(self) -> MainWindow:
        window = MainWindow(*self._parts)
        window.language_chosen.connect(self._change_language)
        return window

    def _change_language(self, language: str) -> None:
        """Build the window anew in another language; the engine goes on playing."""
        old = self.window
        if old.takes_if_made is not None and not old.takes_if_made.may_close():
            return
        self._parts[1].save(old.remembered(), old.shape.geometries())
        speak(language)
        self.window = self._open()
        old.replace_with(self.window)
