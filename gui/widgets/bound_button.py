"""Buttons that show a text, and buttons that do what an action does and look as it is."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QPushButton, QToolButton

from gui.language.bound_texts import bind_text
from gui.language.translate import Text, translated


def text_button(text: str) -> QPushButton:
    """A button that shows a text, by which a screen reader calls it too."""
    button = QPushButton()
    set_words(button, text)
    return button


def set_words(button: QAbstractButton, text: str) -> None:
    """Show another text on a button, by which a screen reader calls it too.

    Names that players gave may hold an ampersand, which is shown, not taken for a key's mark.
    """
    shown = Text(lambda: str(translated(text)).replace("&", "&&")) if "&" in text else text
    bind_text(button.setText, shown)
    bind_text(button.setAccessibleName, text)


def icon_button(name: str, key: str = "") -> QToolButton:
    """A button without text; a screen reader and its tip say its name, the tip its key too."""
    button = QToolButton()
    bind_text(button.setAccessibleName, name)
    bind_text(button.setToolTip, with_key(name, key))
    return button


def with_key(name: str, key: str) -> Text:
    """The tip of a button: what it does, and its key in brackets where it has one."""
    return Text(lambda: f"{translated(name)} ({translated(key)})" if key else str(translated(name)))


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
