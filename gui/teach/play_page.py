"""The page on which the player plays: what is asked, on the keys and in letters, and how it was."""

from PySide6.QtWidgets import QHBoxLayout, QProgressBar

from gui.controller.frame import Frame
from gui.language.bound_texts import bind_text, follow_language
from gui.language.translate import Text, plural, tr, translated
from gui.music.pitch_names import pitch_name
from gui.style.note_style import NoteInk
from gui.style.theme import SPACE
from gui.teach.guide_page import GuidePage, write
from gui.teach.keys import LessonKeys
from gui.teach.session import LessonSession
from gui.teach.words import ask_hint, ask_title, fault_words, offset_words, state_words
from gui.widgets.bound_button import set_words
from gui.widgets.level_bar import LevelBar
from gui.widgets.plain import plain_label
from realtime.teach.guide.attempts import AttemptFault


class PlayPage(GuidePage):
    """Shows what a lesson asks for, and how each attempt was judged.

    Args:
        session: the lesson.
        ink: colours and note names.
    """

    def __init__(self, session: LessonSession, ink: NoteInk) -> None:
        super().__init__()
        self._session, self._ink = session, ink
        self._trouble = ""
        self.keys = LessonKeys(ink)
        self.meter = LevelBar()
        self.state = plain_label()
        self.fault = plain_label("fault", wrap=True)
        self.fault.setStyleSheet(f"color: {ink.theme.warning}; font-weight: 600;")
        self.fault.setMinimumHeight(2 * self.fault.fontMetrics().lineSpacing())
        self.words.setMinimumHeight(2 * self.words.fontMetrics().lineSpacing())
        self.count = plain_label("quiet")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        bind_text(self.bar.setAccessibleName, tr("Progress"))
        row = QHBoxLayout()
        row.setSpacing(SPACE * 4)
        row.addWidget(self.state, 1)
        row.addWidget(self.meter)
        self.middle.addWidget(self.keys)
        self.middle.addLayout(row)
        self.middle.addWidget(self.fault)
        self.middle.addStretch(1)
        self.middle.addWidget(self.bar)
        self.middle.addWidget(self.count)
        self.back = self.add_button(tr("Back"))
        self.skip = self.add_button(tr("Skip"))
        self.pause = self.add_button(tr("Pause"))
        self.anyway = self.add_button("")
        self.buttons.addStretch(1)
        self.leave = self.add_button(tr("Close"))
        self.learn = self.add_button(tr("Learn now"), primary=True)
        self.back.clicked.connect(session.back)
        self.skip.clicked.connect(session.skip)
        self.pause.clicked.connect(self._pause)
        self.anyway.clicked.connect(session.take_anyway)
        session.changed.connect(self.refresh)
        self.refresh()
        follow_language(self.refresh)

    def show_frame(self, frame: Frame) -> None:
        """Show the level of the input."""
        self.meter.show_level(frame.level)

    def show_trouble(self, words: str) -> None:
        """Say why a note could not be kept, until one is."""
        self._trouble = words
        self.refresh()

    def refresh(self) -> None:
        """Show how the lesson stands."""
        guide, naming = self._session.guide, self._ink.naming
        status, ask = guide.status, guide.ask
        paused, done = status.state == "paused", status.state == "done"
        self.show_words(ask_title(ask, naming), ask_hint(ask))
        write(self.state, state_words(status, self._session.deaf))
        if status.state == "taken":
            self._trouble = ""
        fault = self._trouble or fault_words(status, naming)
        offset = offset_words(guide.offset) if fault else ""
        write(self.fault, _joined(fault, offset))
        asked = ask.pitches if ask is not None else ()
        taken = [pitch for one in guide.taken for pitch in one.pitches]
        judged = status.judged
        heard = judged.pitch if judged is not None and judged.fault is AttemptFault.OTHER else 0
        self.keys.show_keys(asked, taken, heard)
        self.bar.setRange(0, max(status.of, 1))
        self.bar.setValue(status.number)
        write(self.count, self._progress_words())
        set_words(self.pause, tr("Resume") if paused else tr("Pause"))
        self.pause.setEnabled(not done)
        self.skip.setEnabled(not done)
        self.back.setEnabled(status.number > 0)
        self.anyway.setVisible(guide.offer > 0)
        if guide.offer:
            note = pitch_name(guide.offer, naming)
            set_words(self.anyway, tr("Take it as {note}", note=note))
        self.learn.setEnabled(guide.enough)

    def _progress_words(self) -> str:
        guide = self._session.guide
        status = guide.status
        taken = tr("{count} taken.", count=plural(status.taken, "note", "notes"))
        left = status.of - status.number
        if status.state == "done" or not left:
            return taken
        more = tr("{count} to go.", count=plural(left, "step", "steps"))
        stop = tr("You may let it learn at any time.") if guide.enough else ""
        return _joined(taken, more if guide.notes_taken > 1 else "", stop)

    def _pause(self) -> None:
        self._session.pause(self._session.guide.status.state != "paused")


def _joined(*sentences: str) -> str:
    """Those that say something, one after the other, in the language that is spoken."""
    return Text(lambda: " ".join(str(translated(one)) for one in sentences if one))
