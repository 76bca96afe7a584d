"""Shows the file that is being transcribed, with progress and cancel."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar

from gui.jobs.job import FileJob
from gui.jobs.job_queue import FileJobs
from gui.language.bound_texts import bind_text
from gui.language.formats import short_name
from gui.language.translate import Text, plural, tr
from gui.notices.strip import Strip, StripLabel, show_kind
from gui.style.theme import SMALLEST_SIZE
from gui.widgets.bound_button import text_button


class JobStrip(Strip):
    """Shows the job that runs, and how many wait."""

    one_line_below = SMALLEST_SIZE[1]

    def __init__(self) -> None:
        super().__init__()
        self.queue = FileJobs(self)
        self._seen: FileJob | None = None
        self.label = StripLabel()
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        bind_text(self.bar.setAccessibleName, tr("Progress"))
        self.cancel = text_button(tr("Cancel"))
        self.buttons.addWidget(self.cancel)
        self.cancel.clicked.connect(self.queue.cancel)
        self.queue.changed.connect(self._refresh)
        self.queue.progressed.connect(self._progress)
        show_kind(self.kind, "info")
        self.arrange(narrow=False)

    def place(self, narrow: bool) -> None:
        """Buttons beside the words and the bar, or below them with fewer words.

        In a compact window everything is one line, in which the words are cut.
        """
        self.label.set_one_line(self.short)
        self.grid.addWidget(self.label, 0, 1)
        self.grid.addWidget(self.bar, 0, 2)
        below = (1, 1, 1, 2) if narrow and not self.short else (0, 3, 1, 1)
        self.grid.addLayout(self.buttons, *below, Qt.AlignmentFlag.AlignRight)
        self.grid.setColumnStretch(1, 2)
        self.grid.setColumnStretch(2, 1 if self.short else 3)

    def discard(self) -> None:
        """Stop whatever runs, and forget it."""
        self.queue.discard()

    def _refresh(self) -> None:
        """Show which file is heard now."""
        job, before, self._seen = self.queue.running, self._seen, self.queue.running
        if job is None:
            self.hide()
            return
        text = Text(lambda: self._words(job))
        self.label.show_text(text)
        self.announce(text)
        if job is not before:
            self.bar.setRange(0, 0)
        self.show()

    def _words(self, job: FileJob) -> str:
        name = short_name(job.sound.name)
        if job.take is None:
            said = tr("Listening to {name}…", name=name)
        else:
            said = tr("Listening to {name} again…", name=name)
        waiting = len(self.queue.unheard) - 1
        if waiting:
            more = plural(waiting, "more file", "more files")
            said += " " + tr("(then {files})", files=more)
        return said

    def _progress(self, part: float) -> None:
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * part))
