"""Filters the input of controls: no wheel without focus, no key that they would refuse."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QScrollBar,
    QSpinBox,
    QWidget,
)

from gui.widgets.number_boxes import PitchBox

_MODIFIED = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class InputFilter(QObject):
    """Watches pickers, number boxes and sliders.

    The wheel over one without focus scrolls what is around it. Letters that it would refuse, or a
    picker would search by, and Space in a number box, which would empty it, are keys of the window.
    """

    def teach(self, root: QWidget) -> None:
        """Watch every such control in here."""
        for kind in (QComboBox, QAbstractSpinBox, QAbstractSlider):
            for control in root.findChildren(kind):
                if isinstance(control, QScrollBar):
                    continue
                if control.focusPolicy() == Qt.FocusPolicy.WheelFocus:
                    control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
                control.removeEventFilter(self)
                control.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Pass on what is not meant for the control."""
        kind = event.type()
        if kind == QEvent.Type.Wheel:
            passed = isinstance(watched, QWidget) and not watched.hasFocus()
        elif kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            passed = isinstance(event, QKeyEvent) and _refuses(watched, event)
        else:
            return False
        if passed:
            event.ignore()
        return passed


def _refuses(control: QObject, event: QKeyEvent) -> bool:
    """Whether a key is a character that means nothing to this control."""
    text = event.text()
    if text == " " and not event.modifiers() & _MODIFIED:
        return isinstance(control, QAbstractSpinBox)
    if not text.strip() or not text.isprintable() or event.modifiers() & _MODIFIED:
        return False
    if isinstance(control, QComboBox):
        return not control.isEditable()
    if isinstance(control, PitchBox):
        return False
    if isinstance(control, QDoubleSpinBox):
        return not (text.isdigit() or text in ".,+-")
    if isinstance(control, QSpinBox):
        return not (text.isdigit() or (text in "+-−" and control.minimum() < 0))
    return False
