"""A queue of sound files that become notes, one at a time."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, SignalInstance

from gui.jobs.job import FileJob

if TYPE_CHECKING:
    from realtime.takes.library import Take


class FileJobs(QObject):
    """Runs one `FileJob` after another, and emits the outcome of each."""

    changed = Signal()
    """Another job runs, or none."""
    progressed = Signal(float)
    """Part done of the job that runs, 0-1."""
    begun = Signal(object)
    """A `FileJob` whose sound is a take now."""
    found = Signal(object)
    """A `FileJob` that has heard the notes of its beginning."""
    heard = Signal(object)
    """A `FileJob` whose notes are there; it is gone afterwards."""
    failed = Signal(object)
    """A `FileJob` with an `error`; it is gone afterwards."""
    cancelled = Signal(object)
    """A `FileJob` that was given up by the user; it is gone afterwards."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.running: FileJob | None = None
        self._waiting: list[FileJob] = []

    @property
    def unheard(self) -> list[FileJob]:
        """What runs, and what waits for its turn."""
        return [*([self.running] if self.running else []), *self._waiting]

    def add(self, job: FileJob) -> None:
        """Hear this file too, as soon as those before it are done."""
        self._own(job)
        self._waiting.append(job)
        self._next()

    def _own(self, job: FileJob) -> None:
        """Listen to what becomes of a job."""
        job.setParent(self)
        job.begun.connect(lambda: self.begun.emit(job))
        job.progressed.connect(self.progressed)
        job.found.connect(lambda: self.found.emit(job))
        job.finished.connect(lambda: self._end(job, self.heard))
        job.failed.connect(lambda: self._end(job, self.failed))
        job.cancelled.connect(lambda: self._end(job, self.cancelled))

    def awaits_notes(self, name: str) -> bool:
        """Whether the notes of the new take of this name are still to come."""
        return any(
            job.take is None and job.new_take is not None and job.new_take.stem == name
            for job in self.unheard
        )

    def cancel(self) -> None:
        """Give up the job that runs."""
        if self.running is not None:
            self.running.cancel()

    def discard(self) -> None:
        """Stop the running job and forget all that wait."""
        jobs, self.running, self._waiting = self.unheard, None, []
        for job in jobs:
            _dispose(job)
        self.changed.emit()

    def follow(self, before: "Take", after: "Take") -> None:
        """A take has another name now: what is heard for it goes there."""
        for job in self.unheard:
            if job.take is not None and (job.take.folder, job.take.name) == (
                before.folder,
                before.name,
            ):
                job.take = after
                job.rename(after.sound or job.sound)
            elif job.new_take == before.folder / f"{before.name}.csv":
                job.new_take = after.folder / f"{after.name}.csv"

    def _next(self) -> None:
        if self.running is None and self._waiting:
            self.running = self._waiting.pop(0)
            self.changed.emit()
            self.running.start()
        else:
            self.changed.emit()

    def _end(self, job: FileJob, outcome: SignalInstance) -> None:
        self.running = None
        if not self._waiting:
            self.changed.emit()  # what is told of the job takes the place of its progress
        outcome.emit(job)
        _dispose(job)
        self._next()


def _dispose(job: FileJob) -> None:
    job.dispose()
    job.deleteLater()
