"""Sound files on their way to notes: progress and cancel, then save, or the reason why not."""

import shutil
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar

from gui.jobs.job import FileJob
from gui.jobs.job_queue import FileJobs
from gui.language.bound_texts import bind_text
from gui.language.engine_messages import in_words
from gui.language.formats import short_name
from gui.language.translate import Text, plural, tr
from gui.notices.strip import Strip, StripLabel, show_kind
from gui.style.theme import SMALLEST_SIZE
from gui.widgets.bound_button import set_words, text_button
from gui.widgets.save_dialog import ask_where, with_suffix
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble, why
from realtime.values.settings import EngineSettings


class JobStrip(Strip):
    """Shows the job whose turn it is: the oldest result, or what runs."""

    one_line_below = SMALLEST_SIZE[1]

    saved = Signal(str)
    """Path the notes were saved to."""
    discarded = Signal(object)
    """A `FileJob` whose notes the user does not want; the queue can bring it back."""
    keep_wanted = Signal()
    """The notes of the finished job should become a take."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = FileJobs(self)
        self._seen: FileJob | None = None
        self.label = StripLabel()
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        bind_text(self.bar.setAccessibleName, tr("Progress"))
        self.keep = text_button(tr("Keep as a take"))
        bind_text(self.keep.setToolTip, tr("To see, hear and edit it among your takes"))
        self.save = text_button(tr("Save .mid…"))
        self.close_button = text_button(tr("Cancel"))
        for button in (self.keep, self.save, self.close_button):
            self.buttons.addWidget(button)
        self.keep.clicked.connect(self.keep_wanted)
        self.save.clicked.connect(self._ask_where)
        self.close_button.clicked.connect(self._close)
        self.queue.changed.connect(self._refresh)
        self.queue.progressed.connect(self._progress)
        self.arrange(narrow=False)

    @property
    def job(self) -> FileJob | None:
        """The one that is shown."""
        return self.queue.shown

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
        self._give_bar_room()
        bind_text(self.keep.setText, tr("Keep") if narrow else tr("Keep as a take"))

    def transcribe(self, sound: Path, settings: EngineSettings) -> None:
        """Turn this file into notes, with hindsight and the user's settings for notes."""
        model = settings.model
        heard_with = EngineSettings(model=model, **settings.note_settings())
        self.queue.add(FileJob(sound, model, settings=heard_with, refine=True))

    def save_as(self, target: Path) -> None:
        """Copy the notes of the finished job there; it is done with then."""
        job = self.job
        if job is None:
            return
        target = with_suffix(target, ".mid")
        try:
            shutil.copyfile(job.midi, target)
        except OSError as error:
            self.fail(Trouble(Code.CANNOT_WRITE, path=target, reason=why(error)))
            return
        self.close_job()
        self.saved.emit(str(target))

    def discard(self) -> None:
        """Stop whatever runs and forget all results."""
        self.queue.discard()

    def fail(self, trouble: Trouble) -> None:
        """Say why something did not work; a result that is there stays."""
        job = self.job
        self._show(in_words(trouble), running=False, done=job in self.queue.results)
        show_kind(self.kind, "error")

    def close_job(self) -> None:
        """Forget the job and its words; the next one has its turn."""
        if self.job is not None:
            self.queue.close(self.job)
        else:
            self.hide()

    def _refresh(self) -> None:
        """Show how the job is doing whose turn it is."""
        job, before, self._seen = self.job, self._seen, self.job
        if job is None:
            self.hide()
            return
        running = job is self.queue.running
        done = job in self.queue.results
        self._show(self._words(job, running), running=running, done=done)
        if job.error:
            show_kind(self.kind, "error")
        if running and job is not before:
            self.bar.setRange(0, 0)

    def _words(self, job: FileJob, running: bool) -> Text:
        return Text(lambda: self._said(job, running))

    def _said(self, job: FileJob, running: bool) -> str:
        name = short_name(job.sound.name)
        if job.error:
            said: str = in_words(job.error)
        elif running and job.take is None:
            said = tr("Listening to {name} with hindsight, with your settings…", name=name)
        elif running:
            said = tr("Listening to {name} again…", name=name)
        elif job.unwritten:
            said = in_words(job.unwritten)
        elif job.silent:
            said = tr("{name} is silent: there is nothing to hear in it.", name=name)
        elif not job.notes:
            said = tr("{name}: nothing in it sounds like a note with your settings.", name=name)
        elif job.take is not None:
            said = tr(
                "{name} is gone: its refined notes can be kept as a take.", name=job.take.name
            )
        else:
            count = plural(job.notes, "note", "notes")
            said = tr("{name}: {count}", name=name, count=count)
        if self.queue.others:
            more = plural(self.queue.others, "more file", "more files")
            said += " " + tr("(then {files})", files=more)
        return said

    def _progress(self, part: float) -> None:
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * part))

    def _show(self, text: str, running: bool, done: bool) -> None:
        show_kind(self.kind, "info")
        self.label.say(text)
        self.speak(text)
        self.bar.setVisible(running)
        self._give_bar_room()
        self.keep.setVisible(done)
        self.save.setVisible(done)
        close = tr("Discard") if done else tr("Close")
        set_words(self.close_button, tr("Cancel") if running else close)
        self.show()

    def _give_bar_room(self) -> None:
        beside_words = 1 if self.short else 3
        self.grid.setColumnStretch(2, 0 if self.bar.isHidden() else beside_words)

    def _close(self) -> None:
        """The notes that are there are only put aside."""
        job = self.job
        if job is not None and job in self.queue.results:
            self.queue.put_aside(job)
            self.discarded.emit(job)
        else:
            self.close_job()

    def _ask_where(self) -> None:
        if self.job is None:
            return
        start = self.job.sound.with_name(f"{self.job.sound.stem}.mid")
        path = ask_where(self, tr("Save the notes"), start, ".mid", "MIDI (*.mid)")
        if path is not None:
            self.save_as(path)
