"""A number box for the A above middle C that also knows the usual ones."""

from PySide6.QtWidgets import QSpinBox

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
