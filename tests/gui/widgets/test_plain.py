"""Names that others chose are shown as they are: nothing is loaded, nothing is set in bold."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QWidget

from gui.widgets.controls import ElidedLabel
from gui.widgets.plain import plain_label, plain_tip, set_plain_tip

NAMES = [
    '<img src="file:///etc/passwd">',
    "<b>bold</b> & more",
    "a < b\n<i>second line</i>",
    "Scarlett 2i2 <USB>",
    "take & retake",
]


def seen(tip: str) -> str:
    """What Qt shows of a tip."""
    if "<" not in tip:
        return tip
    document = QTextDocument()
    document.setHtml(tip)
    return document.toPlainText()


@pytest.mark.parametrize("name", NAMES)
def test_a_tip_shows_the_very_words(qtbot, name):
    assert seen(plain_tip(name)) == name
    assert "<img" not in plain_tip(name)
    widget = QWidget()
    qtbot.addWidget(widget)
    set_plain_tip(widget, name)
    assert seen(widget.toolTip()) == name


def test_labels_are_plain_text(qtbot):
    for label in (ElidedLabel("<b>a</b>"), ElidedLabel(), plain_label()):
        qtbot.addWidget(label)
        assert label.textFormat() == Qt.TextFormat.PlainText
