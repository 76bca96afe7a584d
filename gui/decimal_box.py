"""A number box with decimals that takes the comma and the point, whichever keyboard one has."""

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox


class DecimalBox(QDoubleSpinBox):
    """Shows the decimal sign of its locale; the other one becomes it as it is typed."""

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """A point in Polish is a comma, a comma in English a point."""
        ours = self.locale().decimalPoint()
        return super().validate(text.replace("." if ours == "," else ",", ours), place)
