"""A button that does what an action does, and looks as the action is."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton


def bind(button: QAbstractButton, action: QAction, name: bool = True) -> None:
    """Let a button trigger an action and follow its tip, and whether it is on and may be used.

    Args:
        button: that has an icon of its own.
        action: as the menu shows it.
        name: whether a screen reader calls the button as the menu calls the action.
    """

    def follow() -> None:
        if name:
            button.setAccessibleName(action.text())
        button.setToolTip(action.toolTip())
        button.setCheckable(action.isCheckable())
        button.setChecked(action.isChecked())
        button.setEnabled(action.isEnabled())

    def trigger() -> None:
        action.trigger()
        follow()

    follow()
    action.changed.connect(follow)
    button.clicked.connect(trigger)
