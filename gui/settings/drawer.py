"""The drawer below the top bar: settings of notes, settings of sound, each opened by a button."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gui.language.bound_texts import bind_text
from gui.language.translate import tr
from gui.settings.note_settings_bar import TuningBar
from gui.settings.sound_settings_bar import SoundBar

LARGEST_PART = 0.45
"""Share of the window's height that settings may take before they scroll."""
REST = 298
"""Pixels of height that a page with its controls, and the bars around it, keep for themselves."""
LEAST_HEIGHT = 58


class Drawer(QScrollArea):
    """Shows one bar of settings at a time, or none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        inside = QWidget()
        inside.setObjectName("drawer")
        self.setWidget(inside)
        self.tuning, self.sound = TuningBar(inside), SoundBar(inside)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        for bar in (self.tuning, self.sound):
            column.addWidget(bar)
            bar.hide()
        column.addStretch(1)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        bind_text(self.verticalScrollBar().setAccessibleName, tr("More settings"))
        inside.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self.hide()

    def open(self, bar: QWidget | None) -> None:
        """Show this bar alone, None closes."""
        for each in (self.tuning, self.sound):
            each.setVisible(each is bar)
        self.setVisible(bar is not None)

    def arrange(self, width: int, height: int) -> None:
        """Fit into a window of this size in pixels."""
        for bar in (self.tuning, self.sound):
            bar.arrange_for(width)
        shown = self.tuning if self.tuning.isVisibleTo(self) else self.sound
        most = max(min(round(LARGEST_PART * height), height - REST), LEAST_HEIGHT)
        self.setFixedHeight(min(shown.sizeHint().height(), most))
