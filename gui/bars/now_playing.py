"""The notes that sound now, in big letters, with the chord they make or how well one is in tune."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.language.bound_texts import bind_text
from gui.language.translate import tr
from gui.music.chords import chord_name
from gui.music.pitch_names import pitch_name
from gui.music.sounding import SoundingNote, outer_voices
from gui.music.tuner import IN_TUNE_CENTS, Reading, cents_text
from gui.style.note_style import NoteInk, font
from gui.style.theme import DARK, SPACE, TYPE, mix
from gui.widgets.plain import set_plain_tip

GAP = 12.0
BAR = 3.0
SCALE_CENTS = 50.0
SCALE_WIDTH = 120.0
"""Width of the tuner's scale, in pixels."""


class NowPlaying(QWidget):
    """Shows the names of the sounding notes, each over a bar as long as its velocity."""

    def __init__(self) -> None:
        super().__init__()
        bind_text(self.setAccessibleName, tr("Sounding notes"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(100)
        self._notes: list[SoundingNote] = []
        self._chord = ""
        self._key = ""
        self._reading: Reading | None = None
        self._guess = ""
        self.set_ink(NoteInk(DARK, "letters"))

    def sizeHint(self) -> QSize:
        """One line of display type with room for the velocity bars."""
        return QSize(280, 52)

    def set_ink(self, ink: NoteInk) -> None:
        """Draw in another theme or naming."""
        self._ink = ink
        self.update()

    def show_notes(self, notes: list[SoundingNote]) -> None:
        """Show the names of the notes that sound now."""
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
            self._show_guesses()

    def show_instrument(self, guess: str) -> None:
        """Say which instrument the model takes it for, "" for none."""
        if guess != self._guess:
            self._guess = guess
            self._show_guesses()

    def show_tuning(self, reading: Reading | None) -> None:
        """Show how far the note that sounds alone is from its pitch."""
        if reading != self._reading:
            self._reading = reading
            self.update()

    def _show_guesses(self) -> None:
        set_plain_tip(self, "  ·  ".join(part for part in (self._key, self._guess) if part))
        self.update()

    def text(self) -> str:
        """The sounding notes in words: "C4 E4 G4, C"."""
        names = [self._name(note) for note in self._notes if note.strength == 1.0]
        tuning = cents_text(self._reading.cents) if self._reading else ""
        return ", ".join(part for part in (" ".join(names), self._chord, tuning) if part)

    def _name(self, note: SoundingNote) -> str:
        """What an unsure note is called has a question mark."""
        return pitch_name(note.pitch, self._ink.naming) + ("?" if note.unsure else "")

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
        notes, pixels, left_out = self.fitting()
        x = 0.0
        for note in notes:
            x = self._draw_name(painter, note, x, pixels) + GAP
        if left_out:
            painter.setFont(font(TYPE.body, bold=True))
            painter.setPen(QColor(theme.dim))
            area = QRectF(x, 0, self.width() - x, self.height() - 2 * BAR)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, left_out)
            x += _small_width(left_out) + GAP
        if self._chord:
            painter.setFont(font(TYPE.title))
            painter.setPen(QColor(theme.dim))
            area = QRectF(x + GAP, 0, self.width() - x - GAP, self.height() - 2 * BAR)
            if QFontMetricsF(painter.font()).horizontalAdvance(self._chord) <= area.width():
                painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self._chord)
        elif self._reading is not None:
            self._draw_tuning(painter, x + GAP, self._reading.cents)
        self._draw_key(painter, x + GAP)
        painter.end()

    def _draw_key(self, painter: QPainter, x: float) -> None:
        """Key and instrument, small, below the chord, where there is room."""
        painter.setFont(font(TYPE.small))
        painter.setPen(QColor(self._ink.theme.dim))
        area = QRectF(x, self.height() - 14, self.width() - x, 14)
        metrics = QFontMetricsF(painter.font())
        for words in (self.toolTip(), self._key):
            if metrics.horizontalAdvance(words) <= area.width():
                painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, words)
                return

    def _draw_tuning(self, painter: QPainter, x: float, cents: float) -> None:
        """A scale of half a semitone either way with a pointer, and the cents in figures."""
        theme, middle = self._ink.theme, self.height() / 2 - SPACE
        words = cents_text(cents)
        painter.setFont(font(TYPE.body, bold=True))
        wide = QFontMetricsF(painter.font()).horizontalAdvance("+00 ¢")
        if x + wide > self.width():
            return
        right = abs(cents) <= IN_TUNE_CENTS
        colour = QColor(theme.good if right else theme.warning)
        painter.setPen(QColor(theme.text))
        painter.drawText(
            QRectF(x, middle - 10, wide + 2, 20),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
            words,
        )
        left = x + wide + GAP
        if left + SCALE_WIDTH > self.width():
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.line))
        painter.drawRoundedRect(QRectF(left, middle - 1, SCALE_WIDTH, 2), 1, 1)
        centre = left + SCALE_WIDTH / 2
        painter.setBrush(QColor(theme.text))
        painter.drawRect(QRectF(centre - 0.75, middle - 7, 1.5, 14))
        bounded = min(max(cents / SCALE_CENTS, -1.0), 1.0)
        place = centre + bounded * SCALE_WIDTH / 2
        painter.setBrush(colour)
        if right:
            painter.drawEllipse(QPointF(place, middle), 5, 5)
            return
        away = 5.0 if cents < 0 else -5.0
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(place, middle - 5),
                    QPointF(place, middle + 5),
                    QPointF(place + away, middle),
                ]
            )
        )

    def fitting(self) -> tuple[list[SoundingNote], int, str]:
        """(notes, text size, "+2" for two more) that fit.

        Ended notes go first, then letters shrink, then inner voices go.
        """
        sounding = [note for note in self._notes if note.strength == 1.0]
        for notes in (self._notes, sounding or self._notes):
            for pixels in (TYPE.display, TYPE.title):
                if self._width(notes, pixels) <= self.width():
                    return notes, pixels, ""
        for count in range(len(notes) - 1, 0, -1):
            kept, left_out = outer_voices(notes, count), f"+{len(notes) - count}"
            if self._width(kept, TYPE.title) + GAP + _small_width(left_out) <= self.width():
                return kept, TYPE.title, left_out
        return notes[-1:], TYPE.title, ""

    def _width(self, notes: list[SoundingNote], pixels: int) -> float:
        metrics = QFontMetricsF(font(pixels, bold=True))
        names = map(self._name, notes)
        return sum(metrics.horizontalAdvance(name) + GAP for name in names) - GAP

    def _draw_name(self, painter: QPainter, note: SoundingNote, x: float, pixels: int) -> float:
        theme = self._ink.theme
        name = self._name(note)
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


def _small_width(words: str) -> float:
    return QFontMetricsF(font(TYPE.body, bold=True)).horizontalAdvance(words)
