"""What the guide's pages share: a title, words below it, and a row of buttons."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.language.bound_texts import bind_text
from gui.language.translate import Text, translated
from gui.style.note_style import font
from gui.style.theme import SPACE, TYPE
from gui.widgets.bound_button import text_button
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

    def show_words(self, title: str, words: str) -> None:
        """Show these, and let a screen reader know."""
        write(self.title, title)
        write(self.words, words)
        described = Text(lambda: f"{translated(title)}. {translated(words)}")
        bind_text(self.setAccessibleDescription, described)

    def add_button(self, text: str, primary: bool = False) -> QPushButton:
        """A button of the bottom row."""
        button = text_button(text)
        button.setAutoDefault(primary)
        button.setDefault(primary)
        if primary:
            button.setProperty("primary", True)
        self.buttons.addWidget(button)
        return button


def write(label: QLabel, words: str) -> None:
    """Show words, and call them out to a screen reader only where they are others than before."""
    if label.text() != words:
        bind_text(label.setText, words)
        bind_text(label.setAccessibleName, words)
