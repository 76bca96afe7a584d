"""The page while the program learns: how far it is, how long it takes, and a way out."""

from PySide6.QtWidgets import QProgressBar

from gui.language.bound_texts import bind_text
from gui.language.formats import duration
from gui.language.translate import tr
from gui.style.note_style import NoteInk
from gui.teach.learning_job import LearningJob
from gui.teach.page import GuidePage, write
from gui.widgets.plain import plain_label


class LearnPage(GuidePage):
    """Shows a running `LearningJob`.

    Args:
        ink: colours.
    """

    def __init__(self, ink: NoteInk) -> None:
        super().__init__()
        self.say(
            tr("Learning"),
            tr("Music is made of your notes and learned beside music of other instruments, so that "
               "those are heard as before. Play on meanwhile if you like: the program goes on "
               "listening."),
        )  # fmt: skip
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        bind_text(self.bar.setAccessibleName, tr("Progress"))
        self.left = plain_label("quiet")
        self.reason = plain_label(wrap=True)
        self.reason.setStyleSheet(f"color: {ink.theme.error};")
        self.middle.addWidget(self.bar)
        self.middle.addWidget(self.left)
        self.middle.addWidget(self.reason)
        self.middle.addStretch(1)
        self.buttons.addStretch(1)
        self.cancel = self.add_button(tr("Cancel"))
        self.again = self.add_button(tr("Try again"), primary=True)

    def show_job(self, job: LearningJob) -> None:
        """Show how far it is."""
        self.bar.setValue(round(1000 * job.part))
        left_s = job.seconds_left
        words = "" if left_s is None else tr("About {time} left", time=duration(left_s))
        write(self.left, words)
        write(self.reason, "")
        self.again.setVisible(False)

    def show_reason(self, words: str) -> None:
        """Say why it failed, and offer another try."""
        write(self.reason, words)
        write(self.left, tr("The lesson is kept."))
        self.again.setVisible(True)
