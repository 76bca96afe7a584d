"""What the guide's pages share: a title, words below it, and a row of buttons."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.style.note_style import font
from gui.style.theme import SPACE, TYPE
from gui.widgets.plain import plain_label


class GuidePage(QWidget):
    """A page: title and words at the top, controls in the middle, buttons at the bottom."""

    def __init__(self) -> None:
        super().__init__()
        self.title = plain_label("guideTitle", wrap=True)
        self.title.setFont(font(TYPE.display, bold=True))
        self.title.setStyleSheet(f"font-size: {TYPE.display}px; font-weight: 600;")
        self.words = plain_label("cardText", wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.middle = QVBoxLayout()
        self.middle.setSpacing(SPACE * 3)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(SPACE * 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE * 7, SPACE * 6, SPACE * 7, SPACE * 6)
        column.setSpacing(SPACE * 4)
        column.addWidget(self.title)
        column.addWidget(self.words)
        column.addLayout(self.middle, 1)
        column.addLayout(self.buttons)

    def say(self, title: str, words: str) -> None:
        """Show these, and let a screen reader know."""
        if title != self.title.text():
            self.title.setText(title)
            self.title.setAccessibleName(title)
        if words != self.words.text():
            self.words.setText(words)
            self.words.setAccessibleName(words)
        self.setAccessibleDescription(f"{title}. {words}")

    def add_button(self, text: str, primary: bool = False) -> QPushButton:
        """A button of the bottom row."""
        button = QPushButton(text)
        button.setAccessibleName(text)
        button.setAutoDefault(primary)
        button.setDefault(primary)
        if primary:
            button.setProperty("primary", True)
        self.buttons.addWidget(button)
        return button
