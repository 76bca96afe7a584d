"""Sound files given to the window: dropped on it, kept as takes, heard anew with hindsight."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from realtime.errors import UserError

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class GivenFiles(QObject):
    """Accepts a file dragged onto the window and passes files on to the jobs.

    Args:
        window: whose drag and drop it takes over.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self.dragging = False
        """Whether a file that would be accepted hangs over the window."""
        window.setAcceptDrops(True)
        window.installEventFilter(self)
        window.jobs.keep_wanted.connect(self._keep)
        window.jobs.refined.connect(lambda csv: window.takes.refined(csv))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """One local file may come in."""
        if isinstance(event, QDragEnterEvent):
            urls = event.mimeData().urls()
            if len(urls) == 1 and urls[0].isLocalFile():
                event.acceptProposedAction()
                self.dragging = True
        elif event.type() == QEvent.Type.DragLeave:
            self.dragging = False
        elif event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
            self.dragging = False
            event.acceptProposedAction()
            path = Path(event.mimeData().urls()[0].toLocalFile())
            self._window.jobs.transcribe(path, self._window.controller.settings.model)
        else:
            return False
        return True

    def refine(self, sound: str) -> None:
        """Hear a take's sound anew, with hindsight."""
        settings = replace(self._window.controller.settings, latency_ms=None)
        self._window.jobs.refine(Path(sound), settings)

    def _keep(self) -> None:
        """The notes of a dropped file become a take, which is then shown."""
        from realtime.take_import import keep_as_take

        window = self._window
        job, folder = window.jobs.job, window.controller.takes_folder
        if job is None:
            return
        try:
            name = keep_as_take(folder, job.sound, job.midi.with_suffix(".csv"))
        except UserError as error:
            window.jobs.fail(str(error))
            return
        window.jobs.close_job()
        window.show_takes(True)
        window.takes.enter(folder, name)
