"""The empty place of a take: why there is none, and how the first one is made."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.language.bound_texts import bind_text
from gui.language.translate import tr
from gui.style.theme import SPACE
from gui.widgets.bound_button import text_button
from gui.widgets.plain import plain_label


class NoTake(QWidget):
    """Says why no take is shown, with a button to record one while there is none at all."""

    record_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.words = plain_label("quiet", wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.record = text_button(tr("Record a take"))
        self.record.setProperty("primary", True)
        self.record.clicked.connect(self.record_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE * 6, SPACE * 2, SPACE * 6, SPACE * 2)
        column.setSpacing(SPACE * 4)
        column.addStretch(1)
        column.addWidget(self.words)
        column.addWidget(self.record, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.invite_to_choose()

    def invite_to_choose(self) -> None:
        """There are takes; none is open."""
        self.show_reason(tr("Choose a take to see it."))

    def invite_to_record(self) -> None:
        """Say that there are no takes yet, with a button that records one."""
        self.show_reason(tr("No takes yet. Press R, play, press R again."))
        self.record.show()

    def show_reason(self, words: str) -> None:
        """Show why the chosen take is not shown, without the button to record."""
        bind_text(self.words.setText, words)
        self.record.hide()
