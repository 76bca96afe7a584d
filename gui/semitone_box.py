"""A number box for semitones: "1 semitone", "−12 semitones"; in Polish with its three plurals."""

import re

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QSpinBox

from gui.words import plural


class SemitoneBox(QSpinBox):
    """Shows the count with its noun; takes the count alone too."""

    def textFromValue(self, value: int) -> str:
        """-2 -> "−2 semitones"."""
        return ("−" if value < 0 else "") + plural(abs(value), "semitone", "semitones")

    def valueFromText(self, text: str) -> int:
        """The number in it; what was there before where there is none."""
        found = number(text)
        return self.value() if found is None else found

    def validate(self, text: str, place: int) -> object:
        """A number may be typed digit by digit."""
        found = number(text)
        good = found is not None and self.minimum() <= found <= self.maximum()
        state = QValidator.State.Acceptable if good else QValidator.State.Intermediate
        return state, text, place


def number(text: str) -> int | None:
    """The whole number that a text begins with, with either minus sign."""
    found = re.match(r"\s*([-−]?)\s*(\d+)", text)
    return int(found[2]) * (-1 if found[1] else 1) if found else None
