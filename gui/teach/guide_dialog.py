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
from gui.teach.install_job import InstallJob
from gui.teach.learn_page import LearnPage
from gui.teach.learning_job import LearningJob
from gui.teach.play_page import PlayPage
from gui.teach.result_page import ResultPage
from gui.teach.session import LessonSession
from gui.teach.start_page import StartPage
from gui.widgets.dialogs import Dialog
from realtime.inference.instruments import base_of
from realtime.teach.guide import lesson_folder
from realtime.teach.guide.lesson_folder import LEARNED, LEARNED_WHOLE, Lesson
from realtime.teach.thorough.trainer_extra import (
    is_at_hand,
    missing_megabytes,
    missing_packages,
)
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
    """(file in the folder of a lesson, its `Lesson`): what was learned shall be kept."""
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
        self.job: LearningJob | InstallJob | None = None
        self._card: dict[str, Any] = {}
        """Card of what was learned from the notes that are taken by now; empty before."""
        self._thorough = False
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
        self.learn.again.clicked.connect(lambda: self.begin_learning(self._thorough))
        self.learn.thorough.clicked.connect(self.learn_thoroughly)
        self.learn.install.clicked.connect(self._install)
        self.result_page.switched.connect(self.use_learned)
        self.result_page.more.clicked.connect(self._play_more)
        self.result_page.thorough.clicked.connect(self.learn_thoroughly)
        self.result_page.keep.clicked.connect(self._keep)
        self.result_page.throw_away.clicked.connect(self._throw_away)
        self.start.name.setFocus()
        parent.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Where the window closes, or is hidden, so does the guide.

        The window remembers its choices as it closes: what a lesson tries is none of them.
        """
        if event.type() == QEvent.Type.Close:
            self._use_previous()
        elif event.type() == QEvent.Type.Hide and not event.spontaneous():
            self.reject()
        return False

    def begin_lesson(self, folder: Path, lesson: Lesson) -> None:
        """Play: a new lesson, or one that goes on."""
        self._end_session()
        self._card = {}
        self.session = LessonSession(self._controller, folder, lesson)
        self.play = PlayPage(self.session, self._ink)
        self.play.learn.clicked.connect(lambda: self.begin_learning())
        self.play.leave.clicked.connect(self.reject)
        self.session.failed.connect(lambda trouble: self._show_trouble(trouble))
        self._controller.frame.connect(self._show_frame)
        self.pages.addWidget(self.play)
        self.pages.setCurrentWidget(self.play)
        self.session.start()
        self.play.setFocus()

    def begin_learning(self, thorough: bool = False) -> None:
        """Learn from what was taken, in a process of its own.

        Args:
            thorough: whether all weights learn.
        """
        if self.session is None:
            return
        if self.session.guide.ask is not None:
            self.session.pause(True)
        self._drop_job()
        self._thorough = thorough
        job = self.job = LearningJob(self.session.folder, self.minutes, self, thorough)
        job.may_be_thorough = self._may_be_thorough
        job.progressed.connect(lambda _: self._show_job())
        job.finished.connect(self._show_result)
        job.failed.connect(lambda trouble: self.learn.show_reason(in_words(trouble)))
        job.cancelled.connect(self._back)
        self.learn.show_job(job)
        self.pages.setCurrentWidget(self.learn)
        self.learn.setFocus()  # no button has it, so that a key ends nothing
        self._second.start(SECOND_MS)
        job.start()

    def learn_thoroughly(self) -> None:
        """Let all weights learn; where that needs something that is not here, offer it first."""
        if not missing_packages():
            self.begin_learning(thorough=True)
            return
        self._drop_job()
        self.pages.setCurrentWidget(self.learn)
        self.learn.offer_install(missing_megabytes()[1])

    def _install(self) -> None:
        self._drop_job()
        job = self.job = InstallJob(self)
        job.progressed.connect(self.learn.show_installing)
        job.finished.connect(lambda: self.begin_learning(thorough=True))
        job.failed.connect(lambda trouble: self.learn.show_reason(in_words(trouble), install=True))
        job.cancelled.connect(self._back)
        self.learn.show_installing(0.0)
        job.start()

    @property
    def _may_be_thorough(self) -> bool:
        """All weights learn from the program's own model alone, which has a trainer's file."""
        return self.session is not None and not self.session.lesson.model and is_at_hand()

    def use_learned(self, after: bool) -> None:
        """Let the engine listen with what was learned, or as before."""
        if self.session is not None:
            learned = str(self._card.get("file", ""))
            self._controller.change(model=learned if after else self._model)
            self._controller.flush()

    def leave(self) -> None:
        """End everything that runs; the lesson stays on the disk, and the model is as before."""
        self._drop_job()
        self._end_session()
        self._use_previous()

    def _use_previous(self) -> None:
        if self._controller.settings.model.endswith((LEARNED, LEARNED_WHOLE)):
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
            self.use_learned(False)
            self.begin_lesson(self.session.folder, self.session.lesson)

    def _keep(self) -> None:
        if self.session is not None:
            folder, lesson = self.session.folder, self.session.lesson
            learned = folder / Path(str(self._card["file"])).name
            self.leave()
            self.kept.emit(learned, lesson)
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
            self._back()

    def _back(self) -> None:
        """Show what was learned already from these notes, or go on with playing."""
        self._second.stop()
        if self._card.get("file"):
            self._show_card()
        elif self.play is not None:
            self.pages.setCurrentWidget(self.play)
            self.play.refresh()

    def _show_result(self, card: dict[str, Any]) -> None:
        self._second.stop()
        if self._thorough and not card["file"] and self._card.get("file"):
            self._show_card(tr("Learning thoroughly gained nothing beyond that."))
        else:
            self._card = card
            self._show_card()

    def _show_card(self, note: str = "") -> None:
        may_be_thorough = self._may_be_thorough and not self._thorough
        self.result_page.show_card(self._card, may_be_thorough, note)
        self.pages.setCurrentWidget(self.result_page)
        if self._card["file"]:
            self.use_learned(True)

    def _show_job(self) -> None:
        if isinstance(self.job, LearningJob) and self.job.running:
            self.learn.show_job(self.job)

    def _show_frame(self, frame: Frame) -> None:
        if self.play is not None:
            self.play.show_frame(frame)

    def _show_trouble(self, trouble: Trouble) -> None:
        if self.play is not None:
            self.play.show_trouble(in_words(trouble))

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
