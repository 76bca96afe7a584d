"""The second row of settings: gain, shortest note, transposition, MIDI channel."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QWidget

from gui.controls import Captioned
from gui.theme import SPACE
from gui.words import tr
from realtime.settings import EngineSettings


class TuningBar(QWidget):
    """Four numbers; asks for changes through `changed`."""

    changed = Signal(dict)
    """Fields of `EngineSettings` to change."""

    def __init__(self) -> None:
        super().__init__()
        self._boxes = {
            "gain_db": _box(-40, 40, tr(" dB")),
            "minimum_note_ms": _box(0, 1000, tr(" ms"), step=10),
            "transpose": _box(-48, 48, tr(" semitones")),
            "channel": _box(1, 16, ""),
        }
        names = {
            "gain_db": (tr("Gain"), tr("Added to the input before listening")),
            "minimum_note_ms": (tr("Shortest note"), tr("Every note is held at least this long")),
            "transpose": (tr("Transpose"), tr("Moves what is sent; the roll shows what is heard")),
            "channel": (tr("Channel"), tr("MIDI channel that notes are sent on")),
        }
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE * 4)
        for field, box in self._boxes.items():
            name, tip = names[field]
            box.setAccessibleName(name)
            box.setToolTip(tip)
            row.addWidget(Captioned(name, box))
            box.valueChanged.connect(lambda value, f=field: self.changed.emit({f: value}))
        row.addStretch(1)

    def show_settings(self, settings: EngineSettings) -> None:
        """Show what is chosen."""
        for field, box in self._boxes.items():
            box.blockSignals(True)
            box.setValue(round(getattr(settings, field)))
            box.blockSignals(False)


def _box(low: int, high: int, suffix: str, step: int = 1) -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, high)
    box.setSuffix(suffix)
    box.setSingleStep(step)
    box.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return box
