"""Folder of takes and model: chosen, remembered, and given up where the engine refuses it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from gui.language.engine_messages import in_words
from gui.language.translate import tr
from gui.notices.advice import refuses_model
from gui.takes.closing_questions import UnwrittenTake
from gui.widgets.open_dialog import ask_for_file
from realtime.takes.folders import rescue_folders
from realtime.values.settings import EngineSettings
from realtime.values.snapshot import Snapshot

if TYPE_CHECKING:
    from gui.window.shell import Shell


class ModelAndFolder(QObject):
    """Asks for the folder of the takes and for a model file.

    Args:
        window: whose choices they become.
    """

    def __init__(self, window: "Shell") -> None:
        super().__init__(window.widget)
        self._window = window
        window.controller.settings_changed.connect(self._follow)

    def choose_folder(self) -> None:
        """Ask where takes shall go; the one that waits for a full disk goes there too."""
        window = self._window
        now = window.controller.takes_folder
        given = QFileDialog.getExistingDirectory(window.widget, tr("Takes folder"), str(now))
        if not given:
            return
        if not os.access(given, os.W_OK):
            window.toast.show_text(tr("Nothing may be written to {folder}.", folder=given), "error")
            return
        window.choose("record", given)
        window.controller.flush()
        window.toast.show_text(tr("Takes go to {folder} from now on.", folder=given))
        window.takes_navigation.enter_if_shown()

    def may_close(self) -> bool:
        """Whether no take waits for a folder that can be written, or the user closes all the same.

        Who chooses another folder stays, to see the take written.
        """
        window = self._window
        last = window.controller.last
        if last is None or not last.snapshot.unwritten:
            return True
        dialog = UnwrittenTake(window.widget, window.controller.takes_folder, rescue_folders())
        if not dialog.exec():
            return False
        if dialog.choose_clicked:
            self.choose_folder()
        return not dialog.choose_clicked

    def choose_model(self) -> None:
        """Ask for a model that `jtm export` wrote."""
        window = self._window
        now = window.controller.settings.model
        given = ask_for_file(
            window.widget,
            tr("Exported model"),
            tr("Exported models"),
            (".onnx", ".instrument"),
            Path(now).parent if now else None,
        )
        if given is not None:
            window.choose("model", str(given))
            window.controller.flush()

    def follow(self, snapshot: Snapshot) -> None:
        """Go back to the bundled model where the chosen one is refused, and say why."""
        window = self._window
        chosen = window.choices.engine.model
        if not chosen or window.controller.settings.model != chosen:
            return
        refusal = next(filter(refuses_model, snapshot.troubles), None)
        if refusal is not None:
            window.choose("model", "")
            window.controller.flush()
            text = tr("{reason} The bundled model listens instead.", reason=in_words(refusal))
            window.toast.show_text(text, "error")

    def _follow(self, settings: EngineSettings) -> None:
        """The bundled model may be asked for elsewhere too."""
        if not settings.model and self._window.choices.engine.model:
            self._window.choose("model", "")
