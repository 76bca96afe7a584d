"""Measures the audio loop from within the window: what to do, how far it is, what came of it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from gui.controller.frame import Frame
from gui.language.engine_messages import in_words
from gui.language.formats import short_name
from gui.language.translate import decimal, tr
from gui.style.theme import SPACE
from gui.widgets.dialogs import Dialog
from gui.widgets.plain import plain_label
from realtime.values.snapshot import LoopState

WIDTH = 400


class LoopDialog(Dialog):
    """Asks for a measurement and shows how it goes. Closing it gives an unfinished one up."""

    begun = Signal()
    """The loop should be measured."""
    given_up = Signal()
    """The loop should not be measured, or the result has been read."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Measure the audio loop"))
        self.setAccessibleName(tr("Measure the audio loop"))
        self.text = plain_label("cardText", wrap=True)
        self.text.setMinimumWidth(WIDTH)
        self.text.setMinimumHeight(6 * self.text.fontMetrics().lineSpacing())
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress"))
        self.measure, self.leave = QPushButton(tr("Measure")), QPushButton(tr("Close"))
        self.measure.setProperty("primary", True)
        self.measure.setDefault(True)
        self._state = LoopState()
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE * 6, SPACE * 5, SPACE * 6, SPACE * 5)
        column.setSpacing(SPACE * 4)
        column.addWidget(self.text)
        column.addWidget(self.bar)
        row = QHBoxLayout()
        row.addStretch(1)
        for button in (self.leave, self.measure):
            row.addWidget(button)
        column.addLayout(row)
        self.measure.clicked.connect(self._begin)
        self.leave.clicked.connect(self.reject)
        self._show(LoopState())

    def show_frame(self, frame: Frame) -> None:
        """Show how it goes at this moment."""
        if frame.snapshot.loop != self._state:
            self._show(frame.snapshot.loop)

    def reject(self) -> None:
        """Close; what is unfinished is given up."""
        self.given_up.emit()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close the dialog as `reject` does."""
        self.given_up.emit()
        super().closeEvent(event)

    def _begin(self) -> None:
        self._show(LoopState("measuring"))
        self.begun.emit()

    def _show(self, state: LoopState) -> None:
        self._state = state
        measuring = state.state == "measuring"
        self.text.setText(_words(state))
        self.text.setAccessibleName(self.text.text())
        self.bar.setRange(0, max(state.of, 1))
        self.bar.setValue(state.done)
        self.bar.setVisible(measuring)
        self.measure.setEnabled(not measuring)
        again = state.state in ("done", "failed")
        self.measure.setText(tr("Measure again") if again else tr("Measure"))
        self.leave.setText(tr("Cancel") if measuring else tr("Close"))
        for button in (self.measure, self.leave):
            button.setAccessibleName(button.text())


def _words(state: LoopState) -> str:
    if state.state == "measuring":
        return tr("Listening… Keep the room quiet and the microphone where it is.")
    if state.trouble is not None:
        return in_words(state.trouble)
    if state.state == "done":
        return tr(
            "“{input}” hears “{output}” after {loop} ms.\n{heard} of {of} probes were heard, from "
            "{low} to {high} ms.\nIt is kept for these two devices: takes say it, and those "
            "recorded to the click lie on its beats.",
            input=short_name(state.input),
            output=short_name(state.output),
            loop=decimal(state.loop_ms, ".1f"),
            heard=len(state.heard_ms),
            of=state.of,
            low=decimal(min(state.heard_ms), ".1f"),
            high=decimal(max(state.heard_ms), ".1f"),
        )
    return tr(
        "How long does sound take from the output to the microphone? Hold the microphone near the "
        "loudspeaker, or near the headphones, and turn them up. Five short bursts of noise are "
        "played; it takes about ten seconds. Meanwhile no notes are heard."
    )
