"""A dropped file on its way to notes: progress and cancel, then save, or the reason why not."""

import shutil
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QProgressBar, QPushButton

from gui.engine_words import in_our_words
from gui.file_job import FileJob
from gui.status_text import short_name
from gui.strip import Strip, plain_label, show_kind
from gui.words import plural, tr
from realtime.settings import EngineSettings


class JobStrip(Strip):
    """Runs one `FileJob` at a time and shows how it goes."""

    saved = Signal(str)
    """Path the notes were saved to."""
    keep_wanted = Signal()
    """The notes of the finished job should become a take."""
    refined = Signal(str)
    """Path of a .csv: the notes of a take that was listened to again."""

    def __init__(self) -> None:
        super().__init__()
        self.job: FileJob | None = None
        self._refining = False
        self.label = plain_label(wrap=True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress"))
        self.keep = QPushButton(tr("Keep as a take"))
        self.keep.setToolTip(tr("To see, hear and edit it among your takes"))
        self.save = QPushButton(tr("Save .mid…"))
        self.close_button = QPushButton(tr("Cancel"))
        for button in (self.keep, self.save, self.close_button):
            button.setAccessibleName(button.text())
            self.buttons.addWidget(button)
        self.keep.clicked.connect(self.keep_wanted)
        self.save.clicked.connect(self._ask_where)
        self.close_button.clicked.connect(self.close_job)
        self.arrange(narrow=False)

    def place(self, narrow: bool) -> None:
        """Buttons beside the words and the bar, or below them."""
        self.grid.addWidget(self.label, 0, 1)
        self.grid.addWidget(self.bar, 0, 2)
        below = (1, 1, 1, 2) if narrow else (0, 3, 1, 1)
        self.grid.addLayout(self.buttons, *below, Qt.AlignmentFlag.AlignRight)
        self.grid.setColumnStretch(1, 2)
        self.grid.setColumnStretch(2, 3)

    def transcribe(self, sound: Path, model: str) -> None:
        """Turn this file into notes; a job that still runs is cancelled."""
        self._start(FileJob(sound, model, self))
        self._refining = False

    def refine(self, sound: Path, settings: EngineSettings) -> None:
        """Listen to a take again; `refined` tells the result."""
        self._start(FileJob(sound, settings.model, self, settings, refine=True))
        self._refining = True

    def _start(self, job: FileJob) -> None:
        self.discard()
        self.job = job
        self.job.progressed.connect(self._progress)
        self.job.finished.connect(self._finished)
        self.job.failed.connect(self.fail)
        self.job.cancelled.connect(self.close_job)
        name = short_name(job.sound.name)
        self._show(tr("Listening to {name}…", name=name), running=True, done=False)
        self.bar.setRange(0, 0)
        self.job.start()

    def save_as(self, target: Path) -> None:
        """Copy the notes of the finished job there."""
        if self.job is not None:
            try:
                shutil.copyfile(self.job.midi, target)
            except OSError as error:
                reason = error.strerror or str(error)
                self.fail(tr("{path} cannot be written: {reason}.", path=target, reason=reason))
                return
            self._show(tr("Saved as {name}", name=target.name), running=False, done=False)
            self.saved.emit(str(target))

    def discard(self) -> None:
        """Stop whatever runs and forget its result."""
        if self.job is not None:
            self.job.dispose()
            self.job.deleteLater()
            self.job = None

    def _progress(self, part: float) -> None:
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * part))

    def _finished(self, _path: str, notes: int) -> None:
        count = plural(notes, "note", "notes")
        if self._refining and self.job is not None:
            csv = self.job.midi.with_suffix(".csv")
            self.refined.emit(str(csv))
            self.discard()
            return
        name = short_name(self.job.sound.name) if self.job else ""
        self._show(tr("{name}: {count}", name=name, count=count), running=False, done=True)

    def fail(self, reason: str) -> None:
        """Say why something did not work, until it is closed."""
        self._show(in_our_words(reason), running=False, done=False)
        show_kind(self.kind, "error")

    def close_job(self) -> None:
        """Forget the job and its words."""
        self.discard()
        self.hide()

    def _show(self, text: str, running: bool, done: bool) -> None:
        show_kind(self.kind, "info")
        self.label.setText(text)
        self.speak(text)
        self.bar.setVisible(running)
        self.keep.setVisible(done)
        self.save.setVisible(done)
        self.close_button.setText(tr("Cancel") if running else tr("Close"))
        self.close_button.setAccessibleName(self.close_button.text())
        self.show()

    def _ask_where(self) -> None:
        if self.job is None:
            return
        start = str(self.job.sound.with_suffix(".mid"))
        path, _ = QFileDialog.getSaveFileName(self, tr("Save the notes"), start, "MIDI (*.mid)")
        if path:
            self.save_as(Path(path))
