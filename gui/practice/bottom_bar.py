"""The bar below the notes: begin and stop, where one is, what is next, how it goes."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from gui.language.bound_texts import bind_text
from gui.language.translate import Text, tr
from gui.music.pitch_names import pitch_name
from gui.practice.marks import KINDS, colour_of, draw_mark
from gui.practice.words import judgement_names
from gui.style.icons import icon
from gui.style.note_style import NoteInk, font
from gui.style.theme import DARK, SPACE, TYPE
from gui.widgets.bound_button import with_key
from gui.widgets.controls import ElidedLabel, beside_icon


def _legend() -> str:
    """What the colour and shape of each verdict mean."""
    names = judgement_names()
    return "\n".join(f"{names[kind][0]}: {names[kind][1]}" for kind in KINDS)


def _counted(counts: Mapping[str, int]) -> str:
    """How often each verdict was given."""
    names = judgement_names()
    return ", ".join(f"{names[kind][0]} {counts[kind]}" for kind in KINDS)


class Tally(QWidget):
    """How often each verdict was given, beside its mark: a legend that counts."""

    def __init__(self) -> None:
        super().__init__()
        self._ink = NoteInk(DARK, "letters")
        self._counts: dict[str, int] = dict.fromkeys(KINDS, 0)
        bind_text(self.setToolTip, Text(_legend))
        self.setFixedHeight(28)

    def set_ink(self, ink: NoteInk) -> None:
        """Draw the marks in the colours of another theme."""
        self._ink = ink
        self.update()

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Show how many notes there are of each kind of verdict."""
        wanted = {kind: counts.get(kind, 0) for kind in KINDS}
        if wanted != self._counts:
            self._counts = wanted
            bind_text(self.setAccessibleName, Text(lambda: _counted(wanted)))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Room for every mark and its count."""
        return QSize(len(KINDS) * 44, 28)

    def minimumSizeHint(self) -> QSize:
        """Hold out for the whole legend: one of which a part is missing explains nothing."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a mark and its count for each kind of verdict."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(TYPE.body, bold=True))
        for index, kind in enumerate(KINDS):
            x, count = index * 44.0, self._counts[kind]
            colour = colour_of(kind, self._ink.theme)
            draw_mark(painter, kind, QRectF(x + 2, 8, 12, 12), colour)
            painter.setPen(QColor(self._ink.theme.text if count else self._ink.theme.dim))
            area = QRectF(x + 19, 0, 26, 28)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), str(count))
        painter.end()


class BottomBar(QWidget):
    """Buttons and labels that a page fills; it holds neither the piece nor the run."""

    begun = Signal()
    """A run should begin, or end."""
    loop_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("takeBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._ink = NoteInk(DARK, "letters")
        self.start = QPushButton()
        self.start.setProperty("primary", True)
        self.loop = QToolButton()
        self.loop.setCheckable(True)
        bind_text(self.loop.setAccessibleName, tr("Repeat bars"))
        bind_text(
            self.loop.setToolTip,
            tr("Repeat these bars; drag over the bars above to choose them (L)"),
        )
        self.place = ElidedLabel()
        self.place.setObjectName("status")
        self.place.setMinimumWidth(110)
        self.next = ElidedLabel()
        self.next.setObjectName("takeTitle")
        self.tally = Tally()
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE * 3, SPACE, SPACE * 3, SPACE)
        row.setSpacing(SPACE * 2)
        for part in (self.start, self.loop, self.place, self.next, self.tally):
            row.addWidget(part, 1 if part is self.next else 0)
        self.start.clicked.connect(self.begun)
        self.loop.clicked.connect(self.loop_clicked)
        self._running: bool | None = None
        self.show_running(False)

    def set_ink(self, ink: NoteInk) -> None:
        """Draw in another theme or naming."""
        self._ink = ink
        self.tally.set_ink(ink)
        self.loop.setIcon(icon("loop", ink.theme.text))
        running, self._running = self._running, None
        self.show_running(bool(running))

    def show_running(self, running: bool) -> None:
        """Offer to stop, or to begin."""
        if running == self._running:
            return
        self._running = running
        text = tr("Stop") if running else tr("Begin")
        bind_text(self.start.setText, beside_icon(text))
        bind_text(self.start.setAccessibleName, text)
        bind_text(self.start.setToolTip, with_key(text, tr("Space")))
        self.start.setIcon(icon("stop" if running else "play", self._ink.theme.on_accent))

    def show_place(self, bar: str, last: str, beat: int) -> None:
        """Say which bar of how many, and which beat."""
        text = tr("Bar {bar} of {last} · beat {beat}", bar=bar, last=last, beat=beat)
        if text != self.place.text():
            bind_text(self.place.setText, text)

    def show_next(self, pitches: Sequence[int], large: bool, words: str = "") -> None:
        """Name what is to be played, or say something else in its place."""
        names = "  ".join(pitch_name(pitch, self._ink.naming) for pitch in pitches)
        text = words or names
        if text != self.next.text():
            bind_text(self.next.setText, text)
        size = TYPE.display if large else TYPE.title
        style = f"font-size: {size}px;"
        if self.next.styleSheet() != style:
            self.next.setStyleSheet(style)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Drop what a narrow window has no room for."""
        super().resizeEvent(event)
        self.tally.setVisible(self.width() >= 700)
        self.place.setVisible(self.width() >= 420)
