"""A box that counts in notes: C4, C♯4, D4."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QSpinBox

from gui.pitch_names import pitch_name

LOWEST, HIGHEST = 21, 108


class PitchBox(QSpinBox):
    """A MIDI pitch, shown by its name; a number may be typed too."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._naming = "letters"
        self.setRange(LOWEST, HIGHEST)
        self.setAccessibleName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def set_naming(self, naming: str) -> None:
        """Show names in another way."""
        self._naming = naming
        self.setPrefix("")
        self.lineEdit().setText(self.textFromValue(self.value()))

    def textFromValue(self, value: int) -> str:
        """60 -> "C4"."""
        return pitch_name(value, self._naming)

    def valueFromText(self, text: str) -> int:
        """From "C4", "c#4" or "60" to 60."""
        found = parse(text, self._naming)
        return self.value() if found is None else found

    def validate(self, text: str, place: int) -> object:
        """A name may be typed letter by letter."""
        good = parse(text, self._naming) is not None
        state = QValidator.State.Acceptable if good else QValidator.State.Intermediate
        return state, text, place


def parse(text: str, naming: str) -> int | None:
    """The pitch that a text names, None if it names none."""
    wanted = text.strip().lower().replace("#", "♯")
    if wanted.isdigit():
        return int(wanted) if LOWEST <= int(wanted) <= HIGHEST else None
    for pitch in range(LOWEST, HIGHEST + 1):
        if wanted in (pitch_name(pitch, naming).lower(), pitch_name(pitch).lower()):
            return pitch
    return None
