"""Sound files given to the window: dropped on it, kept as takes, heard anew with hindsight."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from gui.jobs.job import FileJob
from gui.language.formats import short_name
from gui.language.translate import tr
from gui.notices.notice import Notice, drop_notice
from gui.takes.closing_questions import LoseResults
from gui.window.practice_door import is_piece
from realtime.files.sound_files import is_sound_file
from realtime.troubles.errors import UserError

if TYPE_CHECKING:
    from gui.window.shell import Shell
    from realtime.takes.library import Take, TakeVersion


MOST_REFUSED = 3
"""Refused files of one drop that are named one by one; of more, only the number is told."""


class GivenFiles(QObject):
    """Accepts files dragged onto the window and passes them on to the jobs.

    Args:
        window: whose drag and drop it takes over.
    """

    def __init__(self, window: "Shell") -> None:
        super().__init__(window.widget)
        self._window = window
        self.dragging = False
        """Whether something hangs over the window that could be dropped."""
        window.widget.setAcceptDrops(True)
        window.widget.installEventFilter(self)
        window.jobs.keep_wanted.connect(self._keep)
        window.jobs.saved.connect(self._saved)
        window.jobs.discarded.connect(self._discarded)
        window.jobs.queue.refined.connect(self._refined)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Files, folders and links may come in; what cannot become notes is told."""
        if isinstance(event, QDragEnterEvent):
            if event.mimeData().hasUrls():
                event.acceptProposedAction()
                self.dragging = True
        elif event.type() == QEvent.Type.DragLeave:
            self.dragging = False
        elif event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
            self.dragging = False
            event.acceptProposedAction()
            self._take_in(event.mimeData().urls())
        else:
            return False
        return True

    def notices(self, usual: tuple[Notice, ...]) -> tuple[Notice, ...]:
        """What would become of a file that hangs over the window; `usual` without one."""
        if not self.dragging:
            return usual
        last, played = self._window.controller.last, self._window.controller.settings.input
        if last is not None and last.snapshot.state == "listening" and not is_sound_file(played):
            return (drop_notice(),)
        return (replace(drop_notice(), text=tr("The sound file becomes a .mid file.")),)

    def transcribe(self, sound: Path) -> None:
        """Turn a sound file into notes, with the settings of this moment."""
        self._window.jobs.transcribe(sound, self._window.controller.settings)

    def refine(self, take: "Take") -> None:
        """Hear a take's sound anew, with hindsight."""
        if take.sound is not None:
            settings = replace(self._window.controller.settings, latency_ms=None)
            job = FileJob(take.sound, settings.model, None, settings, refine=True, take=take)
            self._window.jobs.queue.add(job)

    def may_close(self) -> bool:
        """Whether nothing is lost with the window: there is nothing, or the user has chosen."""
        queue = self._window.jobs.queue
        if not (queue.results or queue.unheard):
            return True
        dialog = LoseResults(self._window.widget, queue.results, queue.unheard)
        return bool(dialog.exec()) and (not dialog.keep_clicked or self.keep_all())

    def keep_all(self) -> bool:
        """All results become takes; False where one could not, which then says why."""
        return all([self._kept(job) for job in self._window.jobs.queue.results])

    def _take_in(self, urls: Sequence[QUrl]) -> None:
        """Hear what is a file, one after the other, and say why the rest is not."""
        refused = []
        for url in urls:
            path = Path(url.toLocalFile())
            if not url.isLocalFile():
                said = tr("{name} is a link: download the sound file, then drop it here.",
                          name=url.toDisplayString())  # fmt: skip
                refused.append(said)
            elif path.is_dir():
                said = tr("{name} is a folder: drop the sound files in it.", name=path.name)
                refused.append(said)
            elif is_piece(path):
                self._window.practice.open(str(path))
            else:
                self.transcribe(path)
        if refused:
            more = len(refused) - MOST_REFUSED
            if more > 0:
                refused[MOST_REFUSED:] = [tr("Not taken either: {count} more.", count=more)]
            self._window.told.say("\n".join(refused), "error")

    def _saved(self, path: str) -> None:
        self._window.told.say(tr("Saved as {name}", name=Path(path).name))

    def _refined(self, job: FileJob) -> None:
        """The notes become a version of their take, or are offered where it is gone."""
        jobs, take = self._window.jobs.queue, job.take
        try:
            csv = job.midi.with_suffix(".csv")
            version = self._window.takes.refined(take, csv) if take is not None else None
        except UserError as error:
            jobs.offer(job, error.trouble)
            return
        if take is None or version is None:
            jobs.offer(job)
            return
        jobs.close(job)
        self._tell_refined(take.name, version)

    def _tell_refined(self, name: str, version: "TakeVersion") -> None:
        """Say so, with a way to see it where it is not in front."""
        window = self._window
        said = tr("{name}: refined as version {number}.", name=name, number=version.number)
        if window.shows_takes and window.takes.shown_version == version:
            window.told.say(said)
        else:
            window.told.offer(said, (tr("Show"), lambda: self._show(name, version)))

    def _show(self, name: str, version: "TakeVersion") -> None:
        if self._window.choices.compact:
            self._window.set_compact(False)
        self._window.show_takes(True)
        self._window.takes.show_version(name, version)

    def _discarded(self, job: FileJob) -> None:
        """Notes that nobody wanted: say so, with the way back."""
        said = tr("The notes of {name} are discarded.", name=short_name(job.sound.name))
        self._window.told.offer(said, (tr("Undo"), self._window.jobs.queue.bring_back))

    def _keep(self) -> None:
        """The notes of a file become a take, which is then shown."""
        window = self._window
        name = self._kept(window.jobs.job) if window.jobs.job is not None else ""
        if name:
            window.set_compact(False)
            window.show_takes(True)
            window.takes.enter(window.controller.takes_folder, name)

    def _kept(self, job: FileJob) -> str:
        """Name of the take that the notes of a job are now; "" where that failed."""
        from realtime.takes.library import keep_as_take

        window = self._window
        sound = job.sound if job.take is None or job.sound.is_file() else None
        name = job.take.name if job.take is not None else ""
        csv = job.midi.with_suffix(".csv")
        try:
            name = keep_as_take(window.controller.takes_folder, sound, csv, name)
        except UserError as error:
            window.jobs.fail(error.trouble)
            return ""
        window.jobs.queue.close(job)
        return name
