"""The guide: start, play, learn, and the choice between before and after."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from gui.controller.controller import Controller
from gui.controller.frame import Frame
from gui.language.bound_texts import bind_text
from gui.language.engine_messages import in_words
from gui.language.translate import tr
from gui.style.note_style import NoteInk
from gui.teach.learn_page import LearnPage
from gui.teach.learning_job import LearningJob
from gui.teach.play_page import PlayPage
from gui.teach.result_page import ResultPage
from gui.teach.session import LessonSession
from gui.teach.start_page import StartPage
from gui.widgets.dialogs import Dialog
from realtime.inference.instruments import base_of
from realtime.teach.guide import lesson_folder
from realtime.teach.guide.lesson_folder import LEARNED, Lesson
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble

SECOND_MS = 1000


class GuideDialog(Dialog):
    """Leads through a lesson; the window behind goes on. Closing it loses nothing.

    Args:
        parent: the window.
        controller: of the engine.
        ink: colours and note names.
        minutes: that learning may take; None is the usual time.
    """

    kept = Signal(object, object)
    """(folder of the lesson, its `Lesson`): what was learned shall be kept."""
    thrown_away = Signal(object)
    """Folder of the lesson, which the player does not want."""

    def __init__(
        self,
        parent: QWidget,
        controller: Controller,
        ink: NoteInk,
        minutes: float | None = None,
    ) -> None:
        super().__init__(parent)
        bind_text(self.setWindowTitle, tr("Teach my instrument"))
        self.minutes = minutes
        self._controller, self._ink = controller, ink
        self._model = controller.settings.model
        """What heard before the lesson."""
        self.session: LessonSession | None = None
        self.job: LearningJob | None = None
        self.play: PlayPage | None = None
        self._earlier = _earlier_lessons()
        self.pages = QStackedWidget()
        self.start = StartPage([lesson.name for _, lesson in self._earlier])
        self.learn, self.result_page = LearnPage(ink), ResultPage(ink)
        for page in (self.start, self.learn, self.result_page):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)
        self._second = QTimer(self)
        self._second.timeout.connect(self._show_job)
        self.start.begin.clicked.connect(self._begin)
        self.start.cancel.clicked.connect(self.reject)
        self.start.go_on.clicked.connect(self._go_on)
        self.learn.cancel.clicked.connect(self._cancel_learning)
        self.learn.again.clicked.connect(self.begin_learning)
        self.result_page.switched.connect(self.hear_as_after)
        self.result_page.more.clicked.connect(self._play_more)
        self.result_page.keep.clicked.connect(self._keep)
        self.result_page.throw_away.clicked.connect(self._throw_away)
        self.start.name.setFocus()
        parent.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Where the window closes, or is hidden, so does the guide.

        The window remembers its choices as it closes: what a lesson tries is none of them.
        """
        if event.type() == QEvent.Type.Close:
            self._hear_as_before()
        elif event.type() == QEvent.Type.Hide and not event.spontaneous():
            self.reject()
        return False

    def begin_lesson(self, folder: Path, lesson: Lesson) -> None:
        """Play: a new lesson, or one that goes on."""
        self._end_session()
        self.session = LessonSession(self._controller, folder, lesson)
        self.play = PlayPage(self.session, self._ink)
        self.play.learn.clicked.connect(self.begin_learning)
        self.play.leave.clicked.connect(self.reject)
        self.session.failed.connect(lambda trouble: self._say_trouble(trouble))
        self._controller.frame.connect(self._show_frame)
        self.pages.addWidget(self.play)
        self.pages.setCurrentWidget(self.play)
        self.session.start()
        self.play.setFocus()

    def begin_learning(self) -> None:
        """Learn from what was taken, in a process of its own."""
        if self.session is None:
            return
        if self.session.guide.ask is not None:
            self.session.pause(True)
        self._drop_job()
        self.job = LearningJob(self.session.folder, self.minutes, self)
        self.job.progressed.connect(lambda _: self._show_job())
        self.job.finished.connect(self._show_result)
        self.job.failed.connect(lambda trouble: self.learn.show_reason(in_words(trouble)))
        self.job.cancelled.connect(self._back_to_play)
        self.learn.show_job(self.job)
        self.pages.setCurrentWidget(self.learn)
        self._second.start(SECOND_MS)
        self.job.start()

    def hear_as_after(self, after: bool) -> None:
        """Let the engine listen with what was learned, or as before."""
        if self.session is not None:
            learned = str(self.session.folder / LEARNED)
            self._controller.change(model=learned if after else self._model)
            self._controller.flush()

    def leave(self) -> None:
        """End everything that runs; the lesson stays on the disk, and the model is as before."""
        self._drop_job()
        self._end_session()
        self._hear_as_before()

    def _hear_as_before(self) -> None:
        if self._controller.settings.model.endswith(LEARNED):
            self._controller.change(model=self._model)
            self._controller.flush()

    def done(self, code: int) -> None:
        """Close the dialog, and end what the lesson still does."""
        self.leave()
        super().done(code)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close by the window's own button."""
        self.leave()
        super().closeEvent(event)

    def _begin(self) -> None:
        name, family = self.start.chosen
        settings = self._controller.settings
        lesson = Lesson(name, family, settings.a4_hz, base_of(settings.model))
        self.begin_lesson(lesson_folder.new_folder(), lesson)

    def _go_on(self) -> None:
        if self._earlier:
            self.begin_lesson(*self._earlier[0])

    def _play_more(self) -> None:
        if self.session is not None:
            self.hear_as_after(False)
            self.begin_lesson(self.session.folder, self.session.lesson)

    def _keep(self) -> None:
        if self.session is not None:
            folder, lesson = self.session.folder, self.session.lesson
            self.leave()
            self.kept.emit(folder, lesson)
            self.accept()

    def _throw_away(self) -> None:
        if self.session is not None:
            folder = self.session.folder
            self.leave()
            self.thrown_away.emit(folder)
            self.accept()

    def _cancel_learning(self) -> None:
        if self.job is not None and self.job.running:
            self.job.cancel()
        else:
            self._back_to_play()

    def _back_to_play(self) -> None:
        self._second.stop()
        if self.play is not None:
            self.pages.setCurrentWidget(self.play)
            self.play.refresh()

    def _show_result(self, card: dict[str, Any]) -> None:
        self._second.stop()
        self.result_page.show_card(card)
        self.pages.setCurrentWidget(self.result_page)
        if card["file"]:
            self.hear_as_after(True)

    def _show_job(self) -> None:
        if self.job is not None and self.job.running:
            self.learn.show_job(self.job)

    def _show_frame(self, frame: Frame) -> None:
        if self.play is not None:
            self.play.show_frame(frame)

    def _say_trouble(self, trouble: Trouble) -> None:
        if self.play is not None:
            self.play.say_trouble(in_words(trouble))

    def _drop_job(self) -> None:
        self._second.stop()
        if self.job is not None:
            self.job.stop()
            self.job.deleteLater()
            self.job = None

    def _end_session(self) -> None:
        if self.session is None or self.play is None:
            return
        self._controller.frame.disconnect(self._show_frame)
        self.session.stop()
        self.pages.removeWidget(self.play)
        self.play.deleteLater()
        self.session = self.play = None


def _earlier_lessons() -> list[tuple[Path, Lesson]]:
    """Lessons that were begun and not learned from, the newest first."""
    found = []
    for folder in lesson_folder.unfinished_lessons():
        try:
            found.append((folder, lesson_folder.read(folder)))
        except UserError:
            continue
    return found
