"""The result of a run: how much was right, the rhythm, the bars that went badly, the last time."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.language.bound_texts import bind_text
from gui.language.translate import decimal, plural, tr
from gui.practice.bottom_bar import Tally
from gui.style.note_style import NoteInk, font
from gui.style.theme import DARK, SPACE, TYPE
from gui.widgets.bound_button import text_button
from gui.widgets.plain import plain_label
from realtime.practice.report import BIN_MS, WIDEST_MS

MOST_BARS = 6


class Histogram(QWidget):
    """Draws how many notes came how much too early (left) or too late (right)."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(220, 96)
        self._ink = NoteInk(DARK, "letters")
        self._bins: dict[int, tuple[int, int]] = {}
        """Least error in ms -> (notes, those of them that were right)."""

    def set_ink(self, ink: NoteInk) -> None:
        """Draw the histogram in the colours of another theme."""
        self._ink = ink
        self.update()

    def show_bins(self, bins: Sequence[Mapping[str, int]]) -> None:
        """Show the histogram of `report.rhythm`."""
        self._bins = {row["from_ms"]: (row["notes"], row["right"]) for row in bins}
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for its bars."""
        return QSize(340, 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars, the part of each that was right below, and the line of the beat."""
        painter = QPainter(self)
        theme, base = self._ink.theme, self.height() - 18.0
        scale = self.width() / (2 * WIDEST_MS)
        most = max((count for count, _ in self._bins.values()), default=1)
        for from_ms, (count, right) in self._bins.items():
            height = max(2.0, count / most * (base - 6))
            left, width = (from_ms + WIDEST_MS) * scale + 1, BIN_MS * scale - 2
            off = QColor(theme.accent if from_ms < 0 else theme.warning)
            painter.fillRect(QRectF(left, base - height, width, height), off)
            good = height * right / count
            painter.fillRect(QRectF(left, base - good, width, good), QColor(theme.good))
        painter.fillRect(QRectF(self.width() / 2 - 0.5, 0, 1, base), QColor(theme.dim))
        painter.setFont(font(TYPE.small))
        painter.setPen(QColor(theme.dim))
        for at_ms in (-WIDEST_MS, 0, WIDEST_MS):
            text = tr("early") if at_ms < 0 else tr("late") if at_ms > 0 else tr("on the beat")
            width = painter.fontMetrics().horizontalAdvance(text)
            x = (at_ms + WIDEST_MS) * scale - width * (at_ms + WIDEST_MS) / (2 * WIDEST_MS)
            painter.drawText(QPointF(x, self.height() - 4.0), text)
        painter.end()


class ResultCard(QWidget):
    """Shows the result of a run on a card over the notes."""

    again = Signal()
    """Play the same once more."""
    bar_wanted = Signal(int)
    """Index of a bar that went badly, in the order of playing: practise it."""
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = parent
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.share = plain_label("cardTitle")
        self.compared = plain_label("cardText", wrap=True)
        self.tally, self.histogram = Tally(), Histogram()
        self.rhythm = plain_label("cardText", wrap=True)
        self.bars_row = QWidget()
        self.bars = QHBoxLayout(self.bars_row)
        self.bars.setContentsMargins(0, 0, 0, 0)
        self.bars_title = plain_label("cardText")
        self.again_button = text_button(tr("Again"))
        self.again_button.setProperty("primary", True)
        self.close_button = text_button(tr("See the notes"))
        row = QHBoxLayout()
        row.addWidget(self.close_button)
        row.addStretch(1)
        row.addWidget(self.again_button)
        left, right = QVBoxLayout(), QVBoxLayout()
        for part in (self.share, self.compared, self.tally):
            left.addWidget(part)
        left.addStretch(1)
        right.addWidget(self.histogram, 1)
        right.addWidget(self.rhythm)
        sides = QHBoxLayout()
        sides.setSpacing(SPACE * 8)
        sides.addLayout(left, 1)
        sides.addLayout(right, 1)
        column = self.column = QVBoxLayout(self)
        column.setSpacing(SPACE * 3)
        column.addLayout(sides, 1)
        column.addWidget(self.bars_title)
        column.addWidget(self.bars_row)
        column.addLayout(row)
        self.again_button.clicked.connect(self.again)
        self.close_button.clicked.connect(self.closed)
        self._dated = False
        self.hide()

    def set_ink(self, ink: NoteInk) -> None:
        """Draw the result in the colours of another theme."""
        self.tally.set_ink(ink)
        self.histogram.set_ink(ink)
        self.share.setStyleSheet(f"font-size: {TYPE.display}px; font-weight: 600;")

    def show_run(
        self, figures: Mapping[str, Any], counts: Mapping[str, int], last: Mapping[str, str] | None
    ) -> None:
        """Show the figures of a run, its counts, and the line of history of the run before."""
        share = round(100 * figures["right_share"])
        bind_text(self.share.setText, tr("{share} % right", share=share))
        bind_text(self.compared.setText, _compared(figures, last))
        self.tally.show_counts(counts)
        rhythm = figures["rhythm_ms"]
        dated = rhythm["median"] is not None and figures["tempo_percent"] is not None
        self._dated = dated
        if dated:
            self.histogram.show_bins(rhythm["histogram"])
            bind_text(
                self.rhythm.setText,
                tr(
                    "Half of the notes came within {median} ms of their time, 95 % within {most} "
                    "ms. Tempo: {tempo} % of the written one.",
                    median=decimal(rhythm["median"], ".0f"),
                    most=decimal(rhythm["p95"], ".0f"),
                    tempo=figures["tempo_percent"],
                ),
            )
        rows = figures["bad_bars"][:MOST_BARS]
        self._show_bars([(row["index"], row["printed"]) for row in rows])
        self.place()
        self.show()
        self.raise_()

    def place(self) -> None:
        """Stay in the middle, and inside: what does not fit whole is left out, the least first."""
        around = self._around.rect()
        parts: list[tuple[QWidget, ...]] = [
            (self.histogram, self.rhythm),
            (self.tally,),
            (self.compared,),
            (self.bars_title, self.bars_row),
        ]
        left_out = 0 if self._dated and around.width() >= 640 else 1
        while left_out <= len(parts):
            for number, several in enumerate(parts):
                for part in several:
                    part.setVisible(number >= left_out)
            size = self._size(min(400 if left_out else 700, around.width() - 16))
            if size.width() <= around.width() - 16 and size.height() <= around.height() - 8:
                break
            left_out += 1
        self.resize(size.boundedTo(around.size()))
        self.move((around.width() - self.width()) // 2, (around.height() - self.height()) // 2)

    def _size(self, width: int) -> QSize:
        """What the visible parts take at this width, or more where that is too little for them."""
        margin = SPACE * (5 if self._around.height() >= 180 else 2)
        self.column.setContentsMargins(SPACE * 6, margin, SPACE * 6, margin)
        self.column.invalidate()
        self.column.activate()
        least = self.column.minimumSize()
        width = max(width, least.width())
        return QSize(width, max(self.column.totalHeightForWidth(width), least.height()))

    def _show_bars(self, bars: Sequence[tuple[int, str]]) -> None:
        while (item := self.bars.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        bind_text(
            self.bars_title.setText,
            tr("Practise these bars once more:") if bars else tr("No bar went badly."),
        )
        for index, number in bars:
            button = QPushButton(number)
            bind_text(button.setAccessibleName, tr("Practise bar {number}", number=number))
            bind_text(button.setToolTip, tr("Practise bar {number}", number=number))
            button.clicked.connect(lambda _=False, n=index: self.bar_wanted.emit(n))
            self.bars.addWidget(button)
        self.bars.addStretch(1)


def _compared(figures: Mapping[str, Any], last: Mapping[str, str] | None) -> str:
    """How many notes, and how that compares with the last time."""
    counted = plural(figures["notes"], "note", "notes")
    if last is None:
        return tr("Of {count}. This is your first time; the next one is compared with it.",
                  count=counted)  # fmt: skip
    before = round(100 * float(last["right_share"]))
    return tr("Of {count}. Last time {share} % were right.", count=counted, share=before)
