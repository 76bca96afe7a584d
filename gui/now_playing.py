"""The notes that sound now, in big letters, with the chord they make."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.chord_names import chord_name
from gui.ink import NoteInk, font
from gui.pitch_names import pitch_name
from gui.sounding import SoundingNote
from gui.theme import DARK, TYPE, mix
from gui.words import tr

GAP = 12.0
BAR = 3.0


class NowPlaying(QWidget):
    """Big note names; the bar below a name is its velocity."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Sounding notes"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(100)
        self._notes: list[SoundingNote] = []
        self._chord = ""
        self._key = ""
        self.set_ink(NoteInk(DARK, "letters"))

    def sizeHint(self) -> QSize:
        """One line of display type with room for the velocity bars."""
        return QSize(280, 52)

    def set_ink(self, ink: NoteInk) -> None:
        """Draw in another theme or naming."""
        self._ink = ink
        self.update()

    def show_notes(self, notes: list[SoundingNote]) -> None:
        """Draw these notes."""
        if notes == self._notes:
            return
        self._notes = notes
        sounding = [note.pitch for note in notes if note.strength == 1.0]
        self._chord = chord_name(sounding, self._ink.naming)
        self.setAccessibleDescription(self.text())
        self.update()

    def show_key(self, key: str) -> None:
        """Say which key the music seems to be in, "" for none."""
        if key != self._key:
            self._key = key
            self.setToolTip(key)
            self.update()

    def text(self) -> str:
        """The sounding notes in words: "C4 E4 G4, C"."""
        names = [pitch_name(n.pitch, self._ink.naming) for n in self._notes if n.strength == 1.0]
        return ", ".join(part for part in (" ".join(names), self._chord) if part)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw names from the left, the chord after them."""
        theme = self._ink.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._notes:
            painter.setFont(font(TYPE.title))
            painter.setPen(QColor(mix(theme.dim, theme.surface, 0.6)))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, "–")
            painter.end()
            return
        notes, pixels = self._fitting()
        x = 0.0
        for note in notes:
            x = self._draw_name(painter, note, x, pixels) + GAP
        if self._chord:
            painter.setFont(font(TYPE.title))
            painter.setPen(QColor(theme.dim))
            area = QRectF(x + GAP, 0, self.width() - x - GAP, self.height() - 2 * BAR)
            if QFontMetricsF(painter.font()).horizontalAdvance(self._chord) <= area.width():
                painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self._chord)
        self._draw_key(painter, x + GAP)
        painter.end()

    def _draw_key(self, painter: QPainter, x: float) -> None:
        """Small, below the chord, where there is room."""
        painter.setFont(font(TYPE.small))
        painter.setPen(QColor(self._ink.theme.dim))
        area = QRectF(x, self.height() - 14, self.width() - x, 14)
        if QFontMetricsF(painter.font()).horizontalAdvance(self._key) <= area.width():
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self._key)

    def _fitting(self) -> tuple[list[SoundingNote], int]:
        """(notes, text size) that fit: ended notes go first, then letters shrink, then notes go."""
        sounding = [note for note in self._notes if note.strength == 1.0]
        for notes in (self._notes, sounding or self._notes[:1]):
            for pixels in (TYPE.display, TYPE.title):
                if self._width(notes, pixels) <= self.width():
                    return notes, pixels
        notes = sounding or self._notes[:1]
        while len(notes) > 1 and self._width(notes, TYPE.title) > self.width():
            notes = notes[:-1]
        return notes, TYPE.title

    def _width(self, notes: list[SoundingNote], pixels: int) -> float:
        metrics = QFontMetricsF(font(pixels, bold=True))
        names = (pitch_name(note.pitch, self._ink.naming) for note in notes)
        return sum(metrics.horizontalAdvance(name) + GAP for name in names) - GAP

    def _draw_name(self, painter: QPainter, note: SoundingNote, x: float, pixels: int) -> float:
        theme = self._ink.theme
        name = pitch_name(note.pitch, self._ink.naming)
        lettering = font(pixels, bold=True)
        width = QFontMetricsF(lettering).horizontalAdvance(name)
        painter.setFont(lettering)
        painter.setPen(QColor(mix(theme.text, theme.surface, 0.25 + 0.75 * note.strength)))
        area = QRectF(x, 0, width + 2, self.height() - 2 * BAR)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, name)
        bar = QRectF(x, self.height() - 3 * BAR, width, BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.line))
        painter.drawRoundedRect(bar, 1.5, 1.5)
        colour = QColor(self._ink.fill(note.pitch, 127)[0])
        colour.setAlphaF(min(max(note.strength, 0.0), 1.0))
        painter.setBrush(colour)
        bar.setWidth(max(width * note.velocity / 127, BAR))
        painter.drawRoundedRect(bar, 1.5, 1.5)
        return x + width
