"""Shows names that others chose as they are: no tip or label takes them for HTML.

Qt guesses what is rich text, and rich text loads pictures: of this disk, and on Windows of others.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from gui.language.bound_texts import bind_text
from gui.language.translate import Text, translated


def plain_tip(words: str) -> str:
    """What to give to `setToolTip`, so that these very words are shown."""
    if "<" not in words:
        return words
    from html import escape

    return f"<span>{escape(words)}</span>".replace("\n", "<br>")


def set_plain_tip(widget: QWidget, words: str) -> None:
    """Show these very words as the tip of a widget."""
    if isinstance(words, Text):
        bind_text(widget.setToolTip, Text(lambda: plain_tip(str(translated(words)))))
    else:
        bind_text(widget.setToolTip, plain_tip(words))


def plain_label(name: str = "", wrap: bool = False) -> QLabel:
    """Words that are never taken for HTML; `name` is that of the stylesheet."""
    label = QLabel()
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    return label
