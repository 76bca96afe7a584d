"""Number boxes: ranges and units of settings, decimals, pitches, pitch standards, semitones."""

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

from gui.language.bound_texts import bind_text
from gui.language.translate import plural, tr
from gui.music.pitch_names import pitch_name
from realtime.values.ranges import Range


def set_range(box: QSpinBox | QDoubleSpinBox, wanted: Range) -> None:
    """Let a box take the numbers of a range, and show its unit."""
    if isinstance(box, QSpinBox):
        box.setRange(round(wanted.low), round(wanted.high))
    else:
        box.setRange(wanted.low, wanted.high)
    units = {
        "dB": tr(" dB"), "ms": tr(" ms"), "Hz": tr(" Hz"), "BPM": tr(" BPM"), "%": " %",
    }  # fmt: skip
    bind_text(box.setSuffix, units.get(wanted.unit, ""))


class DecimalBox(QDoubleSpinBox):
    """Shows the decimal sign of its locale; the other one becomes it as it is typed."""

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """A point in Polish is a comma, a comma in English a point."""
        ours = self.locale().decimalPoint()
        return super().validate(text.replace("." if ours == "," else ",", ours), place)


PITCHES = range(128)


class PitchBox(QSpinBox):
    """A MIDI pitch, shown by its name; a number may be typed too."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._naming = "letters"
        self.setRange(PITCHES[0], PITCHES[-1])
        self.setKeyboardTracking(False)
        bind_text(self.setAccessibleName, name)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def set_naming(self, naming: str) -> None:
        """Show names in another way."""
        self._naming = naming
        self.setPrefix("")
        self.lineEdit().setText(self.textFromValue(self.value()))

    def textFromValue(self, value: int) -> str:
        """Write a MIDI pitch by its name: 60 -> "C4"."""
        return pitch_name(value, self._naming)

    def valueFromText(self, text: str) -> int:
        """Read "C4", "c#4" or "60" as the pitch 60."""
        found = parse(text, self._naming)
        return self.value() if found is None else found

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """A name may be typed letter by letter."""
        good = parse(text, self._naming) is not None
        state = QValidator.State.Acceptable if good else QValidator.State.Intermediate
        return state, text, place


def parse(text: str, naming: str) -> int | None:
    """The pitch that a text names, None if it names none."""
    wanted = text.strip().lower().replace("#", "♯")
    if wanted.isdecimal():
        return int(wanted) if len(wanted) <= 3 and int(wanted) in PITCHES else None
    for pitch in PITCHES:
        if wanted in (pitch_name(pitch, naming).lower(), pitch_name(pitch).lower()):
            return pitch
    return None


STANDARDS = (415, 430, 432, 440, 442, 443, 466)
"""Baroque, classical, "Verdi", today's, orchestras of today, choir pitch; in Hz."""


LEAP = 10
"""Steps that Qt takes with Page Up and Page Down."""


class PitchStandardBox(QSpinBox):
    """Arrows move by 1 Hz, Page Up and Page Down to the next standard."""

    def stepBy(self, steps: int) -> None:
        """Go so many steps, or to a standard."""
        if abs(steps) < LEAP:
            super().stepBy(steps)
        elif steps > 0:
            self.setValue(min((a for a in STANDARDS if a > self.value()), default=self.maximum()))
        else:
            self.setValue(max((a for a in STANDARDS if a < self.value()), default=self.minimum()))


class SemitoneBox(QSpinBox):
    """Shows the count with its noun; takes the count alone too."""

    def textFromValue(self, value: int) -> str:
        """Write semitones with a true minus: -2 -> "−2 semitones"."""
        return ("−" if value < 0 else "") + plural(abs(value), "semitone", "semitones")

    def valueFromText(self, text: str) -> int:
        """The number in it; what was there before where there is none."""
        found = number(text)
        return self.value() if found is None else found

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """A number may be typed digit by digit."""
        found = number(text)
        good = found is not None and self.minimum() <= found <= self.maximum()
        state = QValidator.State.Acceptable if good else QValidator.State.Intermediate
        return state, text, place


def number(text: str) -> int | None:
    """The whole number that a text begins with, of up to nine digits, with either minus sign."""
    found = re.match(r"\s*([-−]?)\s*(\d{1,9})(?!\d)", text)
    return int(found[2]) * (-1 if found[1] else 1) if found else None
