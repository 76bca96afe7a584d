"""What the teaching dialogs show follows the language while they are open."""

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from gui.language.engine_messages import in_words
from gui.language.translate import set_language
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from tests.gui.teach.test_guide_dialog import begin
from tests.realtime.teach.tones import pluck


@pytest.fixture(autouse=True)
def english():
    yield
    set_language("en")


def texts(dialog):
    """Everything shown or said to a screen reader -> where; what has no letters is left out."""
    found = {dialog.windowTitle(): "title"}
    for part in (dialog, *dialog.findChildren(QWidget)):
        said = [part.accessibleName(), part.accessibleDescription(), part.toolTip()]
        if isinstance(part, QLabel | QPushButton):
            said.append(part.text())
        if isinstance(part, QLineEdit):
            said.append(part.placeholderText())
        found |= {one: type(part).__name__ for one in said if any(c.isalpha() for c in one)}
    return found


def require_translated(dialog, choose, names=()):
    """Both languages share no text but names, and English comes back as it was."""
    english = texts(dialog)
    choose("language", "pl")
    polish = texts(dialog)
    same = {text for text in english if text in polish and text not in names}
    assert not same, {text: english[text] for text in same}
    choose("language", "en")
    assert texts(dialog) == english
    return english, polish


NOTES = {f"{name}{octave}" for name in "CDEFGAB" for octave in range(9)}


@pytest.mark.slow
def test_the_lesson_and_its_result_follow(room, learns):
    choose = room.stage.window.choose
    guide = begin(room)
    room.play_notes(6)
    room.play = lambda ask: pluck(ask.pitch + 2, 0.7, 0.25)
    room.until(lambda: guide.session.guide.status.fault == "other")
    guide.play.pause.click()
    english, polish = require_translated(guide, choose, NOTES)
    assert "Resume" in english and "Wznów" in polish
    guide.play.learn.click()
    english, _ = require_translated(guide, choose, NOTES)
    assert any("50 % heard right before" in text for text in english)


def test_a_reason_and_the_offer_to_go_on_follow(room):
    guide = begin(room, name="Kora")
    room.play_notes(2)
    guide.reject()
    guide = room.open()
    guide.learn.show_reason(in_words(Trouble(Code.LESSON_STOPPED)))
    english, polish = require_translated(guide, room.stage.window.choose)
    assert any("Kora" in text for text in english) and any("Kora" in text for text in polish)


def test_the_list_of_instruments_follows(stage, home, instrument_bytes):
    home.mkdir()
    (home / "bars.instrument").write_bytes(instrument_bytes)
    dialog = stage.window.wishes.teaching.open_list(stage.window.pane.ink)
    _, polish = require_translated(dialog, stage.window.choose, {"bars"})
    assert any("7 nut" in text for text in polish)
    dialog.reject()
