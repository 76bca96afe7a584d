"""The status bar: input, delay, MIDI and warnings; a click shows all figures."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.bars.midi_lamp import Lamp
from gui.controller.frame import Frame
from gui.language.bound_texts import bind_text
from gui.language.formats import short_name
from gui.language.status_items import StatusItem, status_items
from gui.language.translate import tr
from gui.style.theme import SPACE, Theme
from gui.widgets.bound_button import text_button
from gui.widgets.controls import ElidedLabel
from gui.widgets.plain import plain_label, set_plain_tip

REFRESH_S = 0.25
"""Figures that change faster than this cannot be read."""
ORDER = ("input", "latency", "estimate", "speed", "lost", "model", "midi")
"""The cells, from the left."""
WANTED = ("latency", "midi", "input", "lost", "speed", "model", "estimate")
"""The cells, most wanted first."""
WORRY_S = 60.0
"""So long after the last loss it is a worry; then it is one of the figures."""
FOR_MUSICIANS = ("input", "latency", "midi")
"""The cells that are always wanted; others only where they are a worry."""
NAMES = {"input": 150, "midi": 130, "model": 90}
"""Cells that may end in an ellipsis, and the pixels they keep before another cell has to go."""
LEAST = 60
"""Width of a name that is all but gone."""
GAP = SPACE * 5


class StatusBar(QWidget):
    """One line about input, delay and MIDI; `details` opens a list of all figures."""

    report_wanted = Signal()
    """The figures should go to the clipboard."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("statusBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bind_text(self.setAccessibleName, tr("Status"))
        bind_text(self.setToolTip, tr("Click for all figures"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._shown_at = -REFRESH_S
        self._widths: tuple[int, ...] = ()
        self.lamp = Lamp()
        self.details = Details(self)
        self.details.report.clicked.connect(self.report_wanted)
        self._items: tuple[StatusItem, ...] = ()
        self._lost_s = 0.0
        self._lost_at = 0.0
        """When `_lost_s` changed last, on the wall clock."""
        self.cells: dict[str, QLabel] = {name: _cell() for name in ORDER}
        self.midi = self.cells["midi"]
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE * 4, SPACE - 1, SPACE * 3, SPACE)
        row.setSpacing(GAP)
        for name in ORDER[:-1]:
            row.addWidget(self.cells[name])
        row.addStretch(1)
        tail = QHBoxLayout()
        tail.setSpacing(SPACE)
        tail.addWidget(self.midi)
        tail.addWidget(self.lamp)
        row.addLayout(tail)

    def set_theme(self, theme: Theme) -> None:
        """Draw the cells in the colours of another theme."""
        self.lamp.set_theme(theme)

    def show_frame(self, frame: Frame) -> None:
        """Show the figures of this moment."""
        self.lamp.show_frame(frame)
        if frame.wall_s - self._shown_at < REFRESH_S:
            return
        self._shown_at = frame.wall_s
        lost_s = frame.snapshot.lost_s
        if lost_s != self._lost_s:
            self._lost_s, self._lost_at = lost_s, frame.wall_s
        calm = frame.wall_s - self._lost_at > WORRY_S
        items = self._items = tuple(
            replace(item, worry=False) if calm and item.name == "lost" else item
            for item in (*status_items(frame.snapshot), _midi(frame))
        )
        self.details.show_items(items)
        if not self.hasFocus():  # else a screen reader would read every change
            self.setAccessibleDescription(". ".join(item.text for item in items if item.text))
        for item in items:
            cell = self.cells[item.name]
            cell.setText(item.text)
            set_plain_tip(cell, item.tip)
            if cell.property("worry") != item.worry:
                cell.setProperty("worry", item.worry)
                cell.style().unpolish(cell)
                cell.style().polish(cell)
        self._arrange()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click shows all figures."""
        self.open_details()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the details by Space and Enter, as a click does."""
        if event.key() not in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.open_details()

    def open_details(self) -> None:
        """Show all figures above the line."""
        self.details.show_items(self._items)
        self.details.adjustSize()
        corner = self.mapToGlobal(QPoint(SPACE * 2, -self.details.height() - SPACE))
        self.details.move(corner)
        self.details.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for."""
        super().resizeEvent(event)
        self._widths = ()
        self._arrange()

    def _arrange(self) -> None:
        """Give every cell its width, or hide it."""
        wanted = {
            name: cell.sizeHint().width() if name in FOR_MUSICIANS or cell.property("worry") else 0
            for name, cell in self.cells.items()
        }
        widths = tuple(wanted.values())
        if widths == self._widths:
            return
        self._widths = widths
        room = self.width() - 7 * SPACE - self.lamp.sizeHint().width() - SPACE
        given = fitting(wanted, room)
        for name, cell in self.cells.items():
            cell.setVisible(given.get(name, 0) > 0)
            cell.setFixedWidth(given.get(name, 0) or wanted[name])


class Details(QFrame):
    """All figures, a line each with its meaning as a tip, and a way to copy them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("details")
        bind_text(self.setAccessibleName, tr("Figures"))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(SPACE * 4)
        self._lines: dict[str, QLabel] = {}
        self.report = text_button(tr("Copy a report"))
        self.report.clicked.connect(self.hide)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(SPACE * 3,) * 4)
        column.addLayout(self._grid)
        column.addWidget(self.report)

    def show_items(self, items: Sequence[StatusItem]) -> None:
        """Show these figures, those without words not."""
        for item in items:
            if item.name not in self._lines:
                line = self._lines[item.name] = plain_label()
                self._grid.addWidget(line, len(self._lines), 0)
            line = self._lines[item.name]
            line.setText(item.text)
            line.setVisible(bool(item.text))
            set_plain_tip(line, item.tip)


def fitting(wanted: Mapping[str, int], room: int) -> dict[str, int]:
    """Widths of the cells that are shown in so many pixels; a cell without words is not.

    The most wanted come first. Names give way down to `NAMES` for another cell, and down to
    `LEAST` where there is no room for them alone.
    """
    kept = {name: min(width, NAMES.get(name, width)) for name, width in wanted.items()}
    shown: dict[str, int] = {}
    left = room
    for index, name in enumerate(name for name in WANTED if wanted.get(name)):
        gap = GAP if index else 0
        least = min(kept[name], LEAST) if name in NAMES and name != "model" else kept[name]
        if left - gap < least:
            continue
        shown[name] = min(kept[name], left - gap)
        left -= gap + shown[name]
    for name in NAMES:
        if name in shown:
            more = min(wanted[name] - shown[name], left)
            shown[name] += more
            left -= more
    return shown


def _midi(frame: Frame) -> StatusItem:
    """Where MIDI goes, or why it does not."""
    name = frame.snapshot.midi_name
    port = short_name(name, 32)
    words = tr("MIDI: {port}", port=port) if port else tr("MIDI off")
    if frame.muted:
        return StatusItem("midi", tr("MIDI is muted (M)"), words, worry=True)
    if frame.settings.midi_muted and port:
        return StatusItem("midi", tr("MIDI is quiet while a take plays"), words)
    return StatusItem("midi", words, name or words)


def _cell() -> QLabel:
    label = ElidedLabel()
    label.setObjectName("status")
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
