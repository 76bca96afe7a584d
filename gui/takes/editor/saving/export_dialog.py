"""Asks how a take should be saved: format, tempo, grid."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from gui.language.translate import tr
from gui.style.theme import SPACE
from gui.takes.editor.saving.export import FORMATS, GRIDS, ExportChoice, export
from gui.widgets.controls import Captioned, Segments
from gui.widgets.dialogs import Dialog
from gui.widgets.number_boxes import DecimalBox, set_range
from gui.widgets.save_dialog import ask_where
from realtime.files.click import Click
from realtime.files.quantise import guess_tempo
from realtime.takes.library import Take, click_of
from realtime.values.notes import Note
from realtime.values.ranges import find_range

FIXED, DETECTED, CLICK = range(3)
"""Where the tempo comes from."""


class ExportDialog(Dialog):
    """Dialog of format, tempo and grid; `choice` is the `ExportChoice` that was made.

    Args:
        guessed_bpm: the tempo to begin with.
        channel: MIDI channel of the .mid.
        click: that the take was played to, if there was one.
    """

    def __init__(
        self, parent: QWidget, guessed_bpm: float, channel: int = 1, click: Click | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Save the take"))
        self._channel, self._guessed_bpm, self._click = channel, guessed_bpm, click
        formats = FORMATS.values()
        self.format = Segments(
            tr("Format"), [one.label for one in formats], [one.tip() for one in formats]
        )
        self.tempo = DecimalBox()
        set_range(self.tempo, find_range(ExportChoice, "bpm"))
        self.tempo.setDecimals(1)
        self.tempo.setValue(guessed_bpm)
        self.tempo.setSuffix(tr(" beats a minute"))
        self.tempo.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.tempo.setAccessibleName(tr("Tempo"))
        self.tempo.setToolTip(tr("The tempo that the file says; bars and grid follow it"))
        self.source = Segments(
            tr("Tempo"), [tr("Fixed"), tr("Detected"), tr("Click track")], _source_tips(click)
        )
        self.source.buttons[CLICK].setEnabled(click is not None)
        self.grid = Segments(
            tr("Grid"), [tr("Off"), *list(GRIDS)[1:]], [tr("Raw timing"), *list(GRIDS)[1:]]
        )
        self.strength = QSlider(Qt.Orientation.Horizontal)
        self.strength.setRange(0, 100)
        self.strength.setValue(100)
        self.strength.setAccessibleName(tr("Strength"))
        self.strength.setToolTip(tr("How far notes move to the grid: 0 % stay, 100 % lie on it"))
        self.note = QLabel(tr("The take keeps its raw timing; only the saved file is changed."))
        self.note.setObjectName("stripText")
        self.note.setWordWrap(True)
        self.note.setMinimumHeight(2 * self.note.fontMetrics().lineSpacing() + SPACE)
        self.accept_button = QPushButton(tr("Save…"))
        self.accept_button.setProperty("primary", True)
        self.accept_button.setDefault(True)
        self.cancel_button = QPushButton(tr("Cancel"))
        self.score_button = QPushButton(tr("Look at the score…"))
        self.wants_score = False
        """Whether the user would rather see the take as a score."""
        self._lay_out()
        self.accept_button.clicked.connect(self.accept)
        self.cancel_button.clicked.connect(self.reject)
        self.score_button.clicked.connect(self._want_score)
        self.strength.valueChanged.connect(lambda _: self._refresh())
        self.grid.chosen.connect(lambda _: self._refresh())
        self.format.chosen.connect(lambda _: self._refresh())
        self.source.chosen.connect(self._take_tempo)
        self.tempo.valueChanged.connect(lambda _: self.source.set_chosen(FIXED))
        self.source.set_chosen(CLICK if click else DETECTED)
        self._take_tempo(self.source.index())
        self.format.set_chosen(0)
        self.grid.set_chosen(0)
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Choices need their room: what they are called is only measured once they are shown."""
        super().showEvent(event)
        self.adjustSize()

    def choice(self) -> ExportChoice:
        """Format and options as they are chosen now."""
        return ExportChoice(
            list(FORMATS)[self.format.index()],
            self.tempo.value(),
            list(GRIDS)[self.grid.index()],
            self.strength.value() / 100,
            self._channel,
            self._click if self.source.index() == CLICK else None,
        )

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE * 6, SPACE * 5, SPACE * 6, SPACE * 5)
        column.setSpacing(SPACE * 4)
        column.setSizeConstraint(QLayout.SizeConstraint.SetMinimumSize)
        self._strength = Captioned(tr("Strength"), self.strength)
        column.addWidget(Captioned(tr("Format"), self.format))
        column.addWidget(Captioned(tr("Tempo"), self.source))
        column.addWidget(self.tempo)
        column.addWidget(Captioned(tr("Move notes to a grid"), self.grid))
        column.addWidget(self._strength)
        column.addWidget(self.note)
        row = QHBoxLayout()
        for button in (self.score_button, self.cancel_button, self.accept_button):
            button.setAccessibleName(button.text())
            row.addWidget(button)
        row.insertStretch(1, 1)
        column.addLayout(row)

    def _want_score(self) -> None:
        self.wants_score = True
        self.reject()

    def _take_tempo(self, source: int) -> None:
        """Show the tempo that was detected, or the click's."""
        bpm = {DETECTED: self._guessed_bpm, CLICK: self._click.bpm if self._click else 0}
        if source in bpm:
            self.tempo.blockSignals(True)
            self.tempo.setValue(bpm[source])
            self.tempo.blockSignals(False)
        self._refresh()

    def _refresh(self) -> None:
        """Only what means something now can be moved."""
        self._strength.value.setText(f"{self.strength.value()} %")
        self.strength.setEnabled(self.grid.index() > 0)
        matters = self.grid.index() > 0 or FORMATS[self.choice().format].has_tempo
        self.tempo.setEnabled(matters and self.source.index() != CLICK)


def _source_tips(click: Click | None) -> list[str]:
    return [
        tr("The tempo that you give"),
        tr("A guess from the notes"),
        tr("Bars and tempo of the click it was played to")
        if click
        else tr("This take was not played to the click (K)"),
    ]


def ask_and_export(
    parent: QWidget,
    take: Take,
    notes: Sequence[Note],
    bends: Sequence[tuple[float, float]],
    show_score: Callable[[], None],
    beats: Click | None = None,
) -> str:
    """Ask, then write the notes; returns what to tell the user, "" where nothing was written.

    Args:
        parent: of the dialog.
        take: that the notes are of.
        notes: as they are shown.
        bends: of these notes, (seconds, cents).
        show_score: called where the user would rather see the take as a score.
        beats: as they are drawn, whose tempo is offered; None guesses one.

    Raises:
        UserError: if the file cannot be written.
    """
    bpm = guess_tempo(notes) if beats is None else beats.bpm
    dialog = ExportDialog(parent, bpm, click=click_of(take))
    if not dialog.exec():
        if dialog.wants_score:
            show_score()
        return ""
    choice = dialog.choice()
    suffix = FORMATS[choice.format].suffix
    start = Path.home() / f"{take.name}{suffix}"
    path = ask_where(parent, tr("Save the take"), start, suffix)
    if path is None:
        return ""
    made = export(notes, path, take.name, choice, take.instrument, bends)
    return tr("Saved as {name}", name=made.name)
