"""What a layout did wrong: parts that lie over one another or stand out, words that are cut."""

from itertools import combinations

from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QStackedWidget,
    QWidget,
)

from gui.notices.strip import Strip, StripLabel
from gui.widgets.controls import ElidedLabel, Picker

PADDING = 6
"""Pixels beside the words of a button, at least, on either side."""
READABLE = 0.6
"""Part of a line that is left of it, at least, where a tip has all of it."""


def layout_faults(window: QWidget) -> list[str]:
    """Every fault of what a window shows now, in words."""
    found = []
    for parent in (window, *window.findChildren(QWidget)):
        whole = (QAbstractItemView, QAbstractScrollArea, QComboBox, QAbstractSpinBox)
        if parent.isVisible() and not isinstance(parent, whole):
            found += _misplaced(parent)
    return found + [
        f"{_name(part)}: {fault}"
        for part in window.findChildren(QWidget)
        if _is_shown(part) and (fault := _cut(part))
    ]


def _is_shown(part: QWidget) -> bool:
    return part.isVisible() and not part.isWindow() and not part.size().isEmpty()


def _misplaced(parent: QWidget) -> list[str]:
    """Children that overlap each other; messages may lie over the page, but over nothing else."""
    parts = [each for each in parent.children() if isinstance(each, QWidget) and _is_shown(each)]
    found = [
        f"{_name(one)} and {_name(other)} overlap"
        for one, other in combinations(parts, 2)
        if one.geometry().intersects(other.geometry())
        and not (isinstance(one, QStackedWidget) and isinstance(other, Strip))
    ]
    if not isinstance(parent.parentWidget(), QAbstractScrollArea):
        outside = [each for each in parts if not parent.rect().contains(each.geometry())]
        found += [f"{_name(each)} stands out of {_name(parent)}" for each in outside]
    return found


def _cut(part: QWidget) -> str:
    """How the words of a part are cut, "" where they are whole."""
    if isinstance(part, QLabel) and part.wordWrap():
        return "lines are missing" if part.heightForWidth(part.width()) > part.height() else ""
    if isinstance(part, ElidedLabel):
        needed = part.fontMetrics().horizontalAdvance(part.text())
        told = isinstance(part, StripLabel) and bool(part.toolTip())
        return "is cut" if needed * (READABLE if told else 1) > part.width() else ""
    if isinstance(part, QLabel):
        return "is cut" if part.sizeHint().width() > part.width() + 1 else ""
    if isinstance(part, Picker):
        shown, whole = part.fitting_text(), part.currentText()
        return f"shows {shown!r}" if "…" in shown and "…" not in whole else ""
    if isinstance(part, QAbstractButton) and part.text():
        words = part.fontMetrics().horizontalAdvance(part.text())
        icon = 0 if part.icon().isNull() else part.iconSize().width()
        return "is too narrow" if words + icon + 2 * PADDING > part.width() else ""
    return ""


def _name(part: QWidget) -> str:
    words = part.text() if isinstance(part, QLabel | QAbstractButton) else ""
    return f"{type(part).__name__} {part.accessibleName() or words or part.objectName()!r}"
