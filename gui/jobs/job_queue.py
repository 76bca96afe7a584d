"""Sound files on their way to notes: one is heard at a time, the others wait, results are kept."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.jobs.job import FileJob
from realtime.troubles.trouble import Trouble

if TYPE_CHECKING:
    from realtime.takes.library import Take


class FileJobs(QObject):
    """Starts one `FileJob` after the other; what has ended stays until it is closed."""

    changed = Signal()
    """Another job is shown, or it has got on to something else."""
    progressed = Signal(float)
    """Part done of the job that is shown, 0-1."""
    refined = Signal(object)
    """A `FileJob` that heard a take again has ended well: say `close` or `offer` of it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.running: FileJob | None = None
        self._waiting: list[FileJob] = []
        self._ended: list[FileJob] = []
        self._aside: FileJob | None = None

    @property
    def shown(self) -> FileJob | None:
        """The oldest result that nobody has closed, else what runs."""
        return self._ended[0] if self._ended else self.running

    @property
    def others(self) -> int:
        """How many files come after the one that is shown."""
        return max(len(self._ended) + len(self._waiting) + (self.running is not None) - 1, 0)

    @property
    def results(self) -> list[FileJob]:
        """Jobs whose notes are there, and neither saved nor kept nor closed."""
        return [job for job in self._ended if job.notes and not job.error]

    @property
    def unheard(self) -> list[FileJob]:
        """What runs, and what waits for its turn."""
        return [*([self.running] if self.running else []), *self._waiting]

    def add(self, job: FileJob) -> None:
        """Hear this file too, as soon as those before it are done."""
        self._own(job)
        self._waiting.append(job)
        self._next()

    def offer(self, job: FileJob, unwritten: Trouble | None = None) -> None:
        """Keep the result of a job until it is closed; `unwritten`: why it could not be written."""
        job.unwritten = unwritten
        self._ended.append(job)

    def put_aside(self, job: FileJob) -> None:
        """Forget a result, for good only when the next one is put aside; see `bring_back`."""
        self._forget_aside()
        self._ended.remove(job)
        self._aside = job
        self.changed.emit()

    def bring_back(self) -> None:
        """Show the result again that was put aside."""
        if self._aside is not None:
            self._ended.insert(0, self._aside)
            self._aside = None
            self.changed.emit()

    def close(self, job: FileJob) -> None:
        """Stop this job if it runs, and forget its result; the next one begins."""
        if job is self.running:
            self.running = None
        for jobs in (self._waiting, self._ended):
            if job in jobs:
                jobs.remove(job)
        job.dispose()
        job.deleteLater()
        self._next()

    def discard(self) -> None:
        """Stop and forget everything."""
        jobs = [*self.unheard, *self._ended]
        self._waiting = []
        self._forget_aside()
        for job in jobs:
            self.close(job)

    def follow(self, before: "Take", after: "Take") -> None:
        """A take has another name now: what is heard for it goes there."""
        for job in self.unheard:
            if job.take is not None and (job.take.folder, job.take.name) == (
                before.folder,
                before.name,
            ):
                job.take = after
                job.rename(after.sound or job.sound)

    def _forget_aside(self) -> None:
        job, self._aside = self._aside, None
        if job is not None:
            job.dispose()
            job.deleteLater()

    def _own(self, job: FileJob) -> None:
        """Listen to what becomes of a job."""
        job.setParent(self)
        job.progressed.connect(lambda part: self._progress(job, part))
        job.finished.connect(lambda: self._end(job))
        job.failed.connect(lambda trouble: self._fail(job, trouble))
        job.cancelled.connect(lambda: self.close(job))

    def _next(self) -> None:
        if self.running is None and self._waiting:
            self.running = self._waiting.pop(0)
            self.running.start()
        self.changed.emit()

    def _progress(self, job: FileJob, part: float) -> None:
        if job is self.shown:
            self.progressed.emit(part)

    def _end(self, job: FileJob) -> None:
        self.running = None
        if job.take is not None:
            self.refined.emit(job)
        else:
            self.offer(job)
        self._next()

    def _fail(self, job: FileJob, trouble: Trouble) -> None:
        self.running = None
        job.error = trouble
        self._ended.append(job)
        self._next()
