"""The page while the program learns: how far it is, how long it takes, and a way out."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar

from gui.language.bound_texts import bind_text
from gui.language.formats import duration
from gui.language.translate import tr
from gui.style.note_style import NoteInk
from gui.teach.guide_page import GuidePage, write
from gui.teach.learning_job import LearningJob
from gui.widgets.plain import plain_label, set_plain_tip


class LearnPage(GuidePage):
    """Shows a running `LearningJob`.

    Args:
        ink: colours.
    """

    def __init__(self, ink: NoteInk) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
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
        self.thorough = self.add_button(tr("Learn thoroughly"))
        set_plain_tip(
            self.thorough,
            tr("All of the model learns, not its last layers alone. It takes about eight minutes."),
        )
        self.cancel = self.add_button(tr("Cancel"))
        self.again = self.add_button(tr("Try again"), primary=True)
        self.install = self.add_button(tr("Install"), primary=True)
        self._offer(again=False)

    def offer_install(self, megabytes: int) -> None:
        """Ask whether what is missing shall be installed.

        Args:
            megabytes: that it takes on the disk at most.
        """
        self.show_words(
            tr("Learn thoroughly"),
            tr("That needs PyTorch, which is not installed: up to {size} MB on your disk, "
               "fetched from the internet. Once it is here, learning begins by itself.",
               size=str(megabytes)),
        )  # fmt: skip
        self.bar.setValue(0)
        write(self.left, "")
        write(self.reason, "")
        self._offer(install=True)

    def show_installing(self, part: float) -> None:
        """Show how far the installation is.

        Args:
            part: done, 0-1.
        """
        self.bar.setValue(round(1000 * part))
        write(self.left, tr("PyTorch is being installed."))
        self._offer()

    def _offer(self, again: bool = False, install: bool = False, thorough: bool = False) -> None:
        """Show these buttons beside the way out."""
        for button, shown in (
            (self.again, again), (self.install, install), (self.thorough, thorough)
        ):  # fmt: skip
            button.setVisible(shown)

    def show_job(self, job: LearningJob) -> None:
        """Show how far it is; a lesson of the last layers may be given up for a thorough one."""
        words = (
            tr("All of the model learns from music that is made of your notes, beside music of "
               "other instruments, so that those are heard as before. The program goes on "
               "listening.")
            if job.thorough else
            tr("Music is made of your notes and learned beside music of other instruments, so that "
               "those are heard as before. Play on meanwhile if you like: the program goes on "
               "listening.")
        )  # fmt: skip
        self.show_words(tr("Learning thoroughly") if job.thorough else tr("Learning"), words)
        self.bar.setValue(round(1000 * job.part))
        left_s = job.seconds_left
        left = "" if left_s is None else tr("About {time} left", time=duration(left_s))
        write(self.left, left)
        write(self.reason, "")
        self._offer(thorough=job.may_be_thorough and not job.thorough)

    def show_reason(self, words: str, install: bool = False) -> None:
        """Say why it failed, and offer another try.

        Args:
            words: the reason.
            install: whether it is the installation that failed.
        """
        write(self.reason, words)
        write(self.left, tr("The lesson is kept."))
        self._offer(again=not install, install=install)
