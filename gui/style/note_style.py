"""Colours and lettering of notes, prepared once so that a frame only draws."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QStaticText

from gui.music.pitch_names import pitch_class_name, pitch_name
from gui.style.theme import FONT_FAMILIES, TYPE, Theme, note_colour, text_on

VELOCITY_STEP = 8
MOST_TIMES = 200
"""Times that are kept laid out; a long take has more, and they are laid out again."""


def font(pixels: float, bold: bool = False) -> QFont:
    """The window's typeface at a size in pixels."""
    made = QFont()
    made.setFamilies(list(FONT_FAMILIES))
    made.setPixelSize(max(round(pixels), 1))
    if bold:
        made.setWeight(QFont.Weight.DemiBold)
    return made


class NoteInk:
    """Fill, text colour and laid-out name of every pitch in one theme and naming."""

    def __init__(self, theme: Theme, naming: str) -> None:
        self.theme = theme
        self.naming = naming
        self._fills: dict[tuple[int, int], tuple[QColor, QColor]] = {}
        self._names: dict[tuple[str, int], tuple[QStaticText, float, float]] = {}
        self.times_font = font(TYPE.tiny)
        """The font of the times along the roll."""
        self._times: dict[str, tuple[QStaticText, float]] = {}

    def fill(self, pitch: int, velocity: int) -> tuple[QColor, QColor]:
        """(colour of the note, colour of text on it)."""
        key = (pitch, velocity // VELOCITY_STEP)
        if key not in self._fills:
            colour = note_colour(self.theme, pitch, key[1] * VELOCITY_STEP + VELOCITY_STEP // 2)
            self._fills[key] = (QColor(colour), QColor(text_on(self.theme, colour)))
        return self._fills[key]

    def name(self, pitch: int, pixels: int) -> tuple[QStaticText, float, float]:
        """(laid-out name with octave, width, height) at a text size, in pixels."""
        return self._laid_out(pitch_name(pitch, self.naming), pixels)

    def short_name(self, pitch: int, pixels: int) -> tuple[QStaticText, float, float]:
        """(laid-out name without octave, width, height) at a text size, in pixels."""
        return self._laid_out(pitch_class_name(pitch, self.naming), pixels)

    def _laid_out(self, name: str, pixels: int) -> tuple[QStaticText, float, float]:
        key = (name, pixels)
        if key not in self._names:
            lettering = font(pixels, bold=True)
            text = QStaticText(name)
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.prepare(font=lettering)
            width = QFontMetricsF(lettering).horizontalAdvance(name)
            self._names[key] = (text, width, text.size().height())
        return self._names[key]

    def time(self, text: str) -> tuple[QStaticText, float]:
        """(laid-out time along the roll, pixels from its top to the line it stands on)."""
        if text not in self._times:
            if len(self._times) > MOST_TIMES:
                self._times.clear()
            laid = QStaticText(text)
            laid.setTextFormat(Qt.TextFormat.PlainText)
            laid.prepare(font=self.times_font)
            self._times[text] = laid, QFontMetricsF(self.times_font).ascent()
        return self._times[text]
