"""Texts that follow the language, as long as what shows them lives."""

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from gui.language.bound_texts import bind_text, follow_language, retranslate
from gui.language.translate import Text, decimal, plural, set_language, tr
from gui.widgets.controls import Segments


@pytest.fixture
def speak():
    def choose(code: str) -> None:
        set_language(code)
        retranslate()

    yield choose
    set_language("en")


def test_a_text_follows_with_the_values_in_it(qtbot, speak):
    label = QLabel()
    qtbot.addWidget(label)
    bind_text(label.setText, tr("{count} chosen", count=plural(5, "note", "notes")))
    bind_text(label.setToolTip, Text(lambda: f"{tr('Play')}, {decimal(1.5, '.1f')} s"))
    assert (label.text(), label.toolTip()) == ("5 notes chosen", "Play, 1.5 s")
    speak("pl")
    assert (label.text(), label.toolTip()) == ("zaznaczono: 5 nut", "Odtwórz, 1,5 s")
    speak("en")
    assert (label.text(), label.toolTip()) == ("5 notes chosen", "Play, 1.5 s")


@pytest.mark.parametrize("later", ["song.wav", ""])
def test_what_is_shown_later_takes_its_place(qtbot, speak, later):
    button = QPushButton()
    qtbot.addWidget(button)
    bind_text(button.setText, tr("Play"))
    bind_text(button.setText, tr("Pause"))
    speak("pl")
    assert button.text() == "Pauza"
    bind_text(button.setText, later)
    speak("en")
    assert button.text() == later


def test_what_is_gone_is_left_alone(qtbot, speak):
    parent = QWidget()
    label, told = QLabel(parent), []

    class Teller(QLabel):
        def tell(self) -> None:
            told.append(self)

    teller = Teller(parent)
    bind_text(label.setText, tr("Play"))
    follow_language(teller.tell)
    speak("pl")
    assert told == [teller]
    parent.deleteLater()
    qtbot.waitUntil(lambda: not parent_lives(parent))
    speak("en")
    assert told == [teller]


def parent_lives(widget: QWidget) -> bool:
    import shiboken6

    return shiboken6.isValid(widget)


def test_what_measures_words_follows_the_words(qtbot, speak):
    """Each choice of a row is as wide as its word in the language that is spoken now."""
    row = Segments(tr("Look-ahead"), (tr("Fast"), tr("Balanced")), ("", ""))
    qtbot.addWidget(row)
    row.show()
    widths: dict[str, list[int]] = {}
    for language in ("en", "pl", "en"):
        speak(language)
        found = [button.minimumWidth() for button in row.buttons]
        assert widths.setdefault(language, found) == found
    assert widths["en"] != widths["pl"]
