"""A lesson between the guide, the engine and the disk: orders out, sounds in, kept note by note."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gui.controller.controller import Controller
from gui.controller.frame import Frame
from realtime.teach.guide import lesson_folder
from realtime.teach.guide.guide import Guide, Moment, Taken
from realtime.teach.guide.lesson_folder import ATTEMPT, Lesson
from realtime.troubles.errors import UserError
from realtime.values.arrays import Floats

PATIENCE_SECONDS = 15.0
"""So long is the sound of an attempt waited for: a slow disk, or an engine that crashed."""
NOTES_SECONDS = 20.0


class LessonSession(QObject):
    """Feeds a guide with the engine's pictures and carries out what it orders.

    Args:
        controller: of the engine.
        folder: of the lesson; is made with the first note.
        lesson: what it is about; what was taken in it goes on.
    """

    changed = Signal()
    """The guide has another status, or the input is there or away."""
    failed = Signal(object)
    """A `Trouble`: a sound could not be kept."""

    def __init__(self, controller: Controller, folder: Path, lesson: Lesson) -> None:
        super().__init__()
        self.folder, self.lesson = folder, lesson
        self.guide = Guide(lesson.family, lesson.a4_hz, lesson.taken)
        self.deaf = False
        """Whether no sound comes in."""
        self._controller = controller
        self._attempts = 0
        self._keeping = self._awaited = ""
        """Folders of the attempt that is kept, and of the one whose sound is waited for."""
        self._since = 0.0
        self._sound: tuple[Floats, int] | None = None
        """Sound of the last attempt that was not taken, and its rate."""
        self._shown: object = None

    def start(self) -> None:
        """Begin to listen to what is asked for."""
        self._controller.frame.connect(self._update)

    def stop(self) -> None:
        """Listen no more; what was taken is on the disk."""
        self._controller.frame.disconnect(self._update)
        self._controller.keep_lesson("")
        lesson_folder.drop_attempts(self.folder)

    def take_anyway(self) -> None:
        """Take the last attempt, of which the player says that it is right."""
        taken = self.guide.take_anyway()
        if taken is not None and self._sound is not None:
            self._keep(taken, *self._sound)
        self._show()

    def back(self) -> None:
        """Ask again for what came before."""
        forgotten = self.guide.back()
        if forgotten is not None:
            lesson_folder.remove_sounds(self.folder, [forgotten])
            self._save()
        self._show()

    def skip(self) -> None:
        """Go on without what is asked for now."""
        self.guide.skip()
        self._show()

    def pause(self, paused: bool) -> None:
        """Stop listening for a while, or go on."""
        if paused:
            self.guide.pause()
        else:
            self.guide.resume()
        self._show()

    def _update(self, frame: Frame) -> None:
        snapshot = frame.snapshot
        self.deaf = snapshot.state != "listening"
        if self._awaited and snapshot.lesson.done_folder == self._awaited:
            self._check(Path(snapshot.lesson.done))
        elif self._awaited and frame.wall_s - self._since > PATIENCE_SECONDS:
            self._awaited = ""
            self.guide.fail()
        if not self.deaf:
            oldest = snapshot.stream_s - NOTES_SECONDS
            recent = [note for note in snapshot.notes if note.onset_s > oldest]
            notes = [(note.onset_s, note.pitch, note.certainty) for note in recent]
            order = self.guide.push(Moment(snapshot.stream_s, snapshot.level_db, notes))
            if order == "begin":
                self._attempts += 1
                self._keeping = str(self.folder / f"{ATTEMPT}-{self._attempts}")
                self._controller.keep_lesson(self._keeping)
            elif order == "end":
                self._awaited, self._since = self._keeping, frame.wall_s
                self._controller.keep_lesson("")
        self._show()

    def _check(self, path: Path) -> None:
        """Judge the attempt whose sound is there."""
        self._awaited = ""
        try:
            sound, rate = lesson_folder.read_attempt(path)
        except UserError as error:
            self.guide.fail()
            self.failed.emit(error.trouble)
            return
        lesson_folder.drop_attempt(path)
        taken = self.guide.check(sound, rate)
        self._sound = (sound, rate) if self.guide.offer else None
        if taken is not None:
            self._keep(taken, sound, rate)

    def _keep(self, taken: Taken, sound: Floats, rate: int) -> None:
        self._sound = None
        try:
            self.guide.keep(taken, lesson_folder.save_sound(self.folder, taken, sound, rate))
        except UserError as error:
            self.guide.retract(taken)
            self.failed.emit(error.trouble)
            return
        self._save()

    def _save(self) -> None:
        kept = tuple(one for one in self.guide.taken if one.sound)
        self.lesson = lesson_folder.with_taken(self.lesson, kept)
        try:
            lesson_folder.save(self.folder, self.lesson)
        except UserError as error:
            self.failed.emit(error.trouble)

    def _show(self) -> None:
        shown = (self.guide.status, self.guide.offer, self.guide.offset, self.deaf)
        if shown != self._shown:
            self._shown = shown
            self.changed.emit()
