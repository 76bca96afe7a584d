"""A slider between the synth, at its left, and what was recorded, at its right."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSlider

from gui.language.bound_texts import bind_text
from gui.language.translate import tr

STEPS = 12
"""Steps to either side of the middle."""
WIDTH = 88


class Balance(QSlider):
    """Slider from -1 (the synth alone) to 1 (the recording alone)."""

    moved = Signal(float)

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(-STEPS, STEPS)
        self.setFixedWidth(WIDTH)
        bind_text(self.setAccessibleName, tr("Balance of synth and recording"))
        bind_text(self.setToolTip, tr("Left: mostly the synth. Right: mostly the recording."))
        self.valueChanged.connect(lambda value: self.moved.emit(value / STEPS))

    def show_balance(self, balance: float) -> None:
        """Stand there without saying that it was moved."""
        self.blockSignals(True)
        self.setValue(round(STEPS * balance))
        self.blockSignals(False)
