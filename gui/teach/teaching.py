"""Opens the guide and the list of taught instruments, and does what is decided there."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from gui.controller.controller import Controller
from gui.language.engine_messages import in_words
from gui.language.translate import tr
from gui.style.note_style import NoteInk
from gui.takes.trash import into_trash
from gui.teach.guide_dialog import GuideDialog
from gui.teach.instruments_dialog import InstrumentsDialog
from realtime.inference.instrument_names import free_name
from realtime.inference.instruments import (
    WHOLE_SUFFIX,
    check_new_name,
    instrument_path,
    list_instruments,
    taught_path,
)
from realtime.teach.guide import lesson_folder
from realtime.teach.guide.lesson_folder import KEPT, Lesson
from realtime.teach.keeping import copy_instrument, read_card
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why


class Teaching(QObject):
    """Opens the guide and the list of instruments for the window.

    Args:
        parent: the window.
        controller: of the engine.
        choose: makes a model the window's choice.
        say: tells a sentence, and of which kind it is.
    """

    def __init__(
        self,
        parent: QWidget,
        controller: Controller,
        choose: Callable[[str, Any], None],
        say: Callable[[str, str], None],
    ) -> None:
        super().__init__(parent)
        self._parent, self._controller = parent, controller
        self._choose, self._say = choose, say
        self.guide: GuideDialog | None = None

    def open_guide(self, ink: NoteInk) -> GuideDialog:
        """Show the guide; where it is open already, bring it to the front."""
        if self.guide is None:
            guide = self.guide = GuideDialog(self._parent, self._controller, ink)
            guide.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            guide.kept.connect(self._keep)
            guide.thrown_away.connect(self._throw_away)
            guide.finished.connect(self._closed)
        self.guide.show()
        self.guide.raise_()
        self.guide.activateWindow()
        return self.guide

    def open_list(self, ink: NoteInk) -> InstrumentsDialog:
        """Show the dialog of taught instruments."""
        dialog = InstrumentsDialog(self._parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.more_wanted.connect(lambda name: self.teach_more(name, ink))
        dialog.new_wanted.connect(lambda: self.open_guide(ink))
        dialog.changed.connect(self._follow)
        dialog.open()
        return dialog

    def teach_more(self, name: str, ink: NoteInk) -> None:
        """Go on with the lesson of an instrument, or begin one that starts from it."""
        folder, lesson = _lesson_of(name)
        if lesson is None:
            lesson = Lesson(name, "", self._controller.settings.a4_hz, name, replaces=name)
        self.open_guide(ink).begin_lesson(folder, lesson)

    def _keep(self, learned: Path, lesson: Lesson) -> None:
        folder, whole = learned.parent, learned.suffix == WHOLE_SUFFIX
        name = _free_name(lesson, folder)
        try:
            copy_instrument(learned, instrument_path(name, whole))
            instrument_path(name, not whole).unlink(missing_ok=True)
            (folder / KEPT).write_text(name, encoding="utf-8")
        except UserError as error:
            self._say(in_words(error.trouble), "error")
            return
        except OSError as error:
            said = tr("“{name}” cannot be kept: {reason}.", name=name, reason=why(error))
            self._say(said, "error")
            return
        self._choose("model", name)
        self._controller.flush()
        self._say(tr("“{name}” is kept and listens from now on.", name=name), "info")

    def _throw_away(self, folder: Path) -> None:
        if into_trash(folder)[0]:
            self._say(tr("The lesson is in the trash."), "info")

    def _follow(self, before: str, after: str) -> None:
        """An instrument has another name now, or ("") is gone."""
        if self._controller.settings.model == before:
            self._choose("model", after)
            self._controller.flush()

    def _closed(self) -> None:
        self.guide = None


def _lesson_of(name: str) -> tuple[Path, Lesson | None]:
    """Folder and content of the lesson that an instrument was taught by; None where it is gone."""
    with contextlib.suppress(UserError, OSError, KeyError):
        card = read_card(taught_path(name))
        folder = lesson_folder.lessons_folder() / Path(str(card["lesson"])).name
        lesson = lesson_folder.read(folder)
        return folder, lesson_folder.renamed(lesson, name)
    return lesson_folder.new_folder(), None


def _free_name(lesson: Lesson, folder: Path) -> str:
    """What the instrument is called: the lesson's name, or that with a number.

    An instrument that this lesson taught before is replaced.
    """
    base = str(tr("My instrument"))
    with contextlib.suppress(UserError):  # a lesson of an earlier version, which checked no names
        base = check_new_name(lesson.name)
    before = ""
    with contextlib.suppress(OSError):
        before = (folder / KEPT).read_text(encoding="utf-8")
    others = [name for name in list_instruments() if name not in (before, lesson.replaces)]
    return free_name(base, others)
