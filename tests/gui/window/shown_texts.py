"""Every text that a window shows or that a screen reader finds in it."""

from collections.abc import Iterator

from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)


def shown_texts(window: QWidget) -> Iterator[tuple[str, str]]:
    """(where it is, text) of widgets, hidden ones too, and of actions in menus."""
    for widget in (window, *window.findChildren(QWidget)):
        where = f"{type(widget.parent()).__name__} {type(widget).__name__} {widget.objectName()}"
        texts = {
            "tip": widget.toolTip(),
            "name": widget.accessibleName(),
            "description": widget.accessibleDescription(),
            "title": widget.windowTitle(),
            **_of_kind(widget),
        }
        yield from ((f"{where} {part}", text) for part, text in texts.items() if text)
    for action in window.findChildren(QAction):
        for part, text in (("text", action.text()), ("tip", action.toolTip())):
            if text:
                yield f"action {part}", text


def _of_kind(widget: QWidget) -> dict[str, str]:
    if isinstance(widget, QAbstractButton | QLabel):
        return {"text": widget.text()}
    if isinstance(widget, QAbstractSpinBox):
        special = widget.specialValueText()
        affixes = f"{widget.prefix()} {widget.suffix()}" if isinstance(widget, QSpinBox) else ""
        return {"special": special, "affixes": affixes, "text": widget.text()}
    if isinstance(widget, QComboBox):
        return {f"item {index}": widget.itemText(index) for index in range(widget.count())}
    if isinstance(widget, QListWidget):
        items = [widget.item(index) for index in range(widget.count())]
        roles = widget.model().roleNames()
        return {f"{item.text()} {role}": item.data(role) for item in items for role in roles
                if isinstance(item.data(role), str)}  # fmt: skip
    if isinstance(widget, QPlainTextEdit | QLineEdit):
        return {"placeholder": widget.placeholderText()}
    return {}
