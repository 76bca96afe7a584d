"""Another language is spoken in place: the window goes on with everything that is open."""

import gettext
import re

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QRect
from PySide6.QtWidgets import QComboBox

from gui.language.translate import LANGUAGES, catalogue
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from tests.gui.window.shown_texts import shown_texts
from tests.support.take_files import make_take


@pytest.fixture
def window(stage):
    return stage.window


def test_the_notes_as_text_stay_open_and_no_note_is_told_twice(window, stage):
    window.do("log")
    window.log_window.setGeometry(QRect(50, 60, 400, 300))
    stage.play(2.0)
    before = window.log_window.text.toPlainText()
    assert before
    window.choose("language", "pl")
    assert window.log_window.isVisible()
    assert window.log_window.windowTitle() == "Nuty jako tekst"
    assert window.log_window.geometry() == QRect(50, 60, 400, 300)
    assert window.log_window.text.toPlainText() == before
    stage.controller.tick()
    assert window.log_window.text.toPlainText() == before
    stage.play(2.0)
    lines = window.log_window.text.toPlainText().splitlines()
    assert len(lines) > len(before.splitlines())
    times = [line.split()[0].replace(",", ".") for line in lines]
    assert times == sorted(set(times))


def test_lines_are_kept_while_the_notes_as_text_are_closed(window, stage):
    stage.play(2.0)
    before = window.log_window.text.toPlainText()
    window.choose("language", "pl")
    assert not window.log_window.isVisible()
    assert window.log_window.text.toPlainText() == before


@pytest.mark.parametrize("name", ["tune", "listen"])
def test_open_settings_stay_open(window, name):
    getattr(window.top_bar, name).setChecked(True)
    window.choose("language", "pl")
    top = window.top_bar
    assert [top.tune.isChecked(), top.listen.isChecked()] == [name == "tune", name == "listen"]
    assert top.drawer.isVisible()
    assert (top.tuning if name == "tune" else top.sound).isVisible()


def test_a_compact_window_stays_where_it_is_and_finds_back(window):
    usual, compact = QRect(40, 60, 700, 500), QRect(120, 30, 520, 260)
    window.setGeometry(usual)
    window.do("compact")
    window.setGeometry(compact)
    window.choose("language", "pl")
    assert window.geometry() == compact
    window.do("compact")
    assert window.geometry() == usual


def test_a_window_that_fills_the_screen_goes_on_doing_so(window):
    window.showMaximized()
    window.choose("language", "pl")
    assert window.isMaximized()


class Marked(gettext.NullTranslations):
    """A language in which whatever is translated stands in brackets."""

    def gettext(self, message: str) -> str:
        return f"‹{message}›"

    def ngettext(self, one: str, many: str, count: int) -> str:
        return f"‹{one if count == 1 else many}›"


OURS = {
    "Jaka", "to", "melodia", "MIDI", "CSV", "MusicXML", "mid", "English", "Polski", "toy", "onnx",
    "Scarlett", "2i2", "Built", "in", "FLUID", "Synth", "first", "second", "endless", "wav",
    "kHz", "dB", "ms", "Hz", "BPM", "ALSA", "F1", "F2", "F12", "Esc", "Tab", "Shift", "Alt",
    "Enter", "Backspace", "USB", "piano", "small", "Cis", "Dis", "Fis", "Gis",
}  # fmt: skip
"""Words that no language changes: names, units, keys."""


def texts_of(window) -> list[tuple[str, str]]:
    """Those of the window, once what it has thrown away is gone."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return list(shown_texts(window))


def rest(text: str) -> set[str]:
    """Words of a text that stand outside of brackets, brackets within brackets minded."""
    depth, kept = 0, []
    for sign in re.sub(r"(?<!\S)/\S+", "", text):
        depth += {"‹": 1, "›": -1}.get(sign, 0)
        kept.append(" " if depth or sign == "›" else sign)
    words = re.findall(r"[^\W\d_]{2,}\d*", "".join(kept))
    return {word for word in words if word not in OURS}


@pytest.fixture
def everything(open_on_toy, tmp_path, at_once):
    """A window with whatever can be open: takes page with edits, settings, messages, a job."""
    make_take(tmp_path / "takes", "first")
    stage = open_on_toy()
    window = stage.window
    stage.engine.record()
    stage.play(2.0)
    window.do("takes")
    view = window.takes.view
    view.roll.choose(frozenset({1}))
    view.do("delete")
    view.roll.choose(frozenset({0}))
    window.files.transcribe(tmp_path / "endless.wav")
    stage.engine.forced = {"troubles": (Trouble(Code.PORT_LOST, name="FLUID Synth"),)}
    window.top_bar.tune.setChecked(True)
    window.do("log")
    window.do("mute")
    stage.play(0.5)
    yield stage
    window.jobs.discard()
    view.roll.history.saved()
    window.takes.close_player()


def test_every_text_of_the_open_window_is_said_anew(everything, monkeypatch):
    window = everything.window
    words = {"en": gettext.NullTranslations(), "xx": Marked()}
    monkeypatch.setattr("gui.language.translate.catalogue", words.__getitem__)
    monkeypatch.setitem(LANGUAGES, "xx", "‹Marked›")
    window.choose("language", "xx")
    everything.play(0.5)
    assert [(where, text) for where, text in texts_of(window) if rest(text)] == []


def test_no_english_is_left_in_polish_and_no_polish_in_english(everything):
    window = everything.window
    english = dict.fromkeys(text for _, text in texts_of(window))
    polish = catalogue("pl")
    foreign = {text for text in english if polish.gettext(text) != text}
    assert len(foreign) > 100
    window.choose("language", "pl")
    everything.play(0.5)
    assert [item for item in texts_of(window) if item[1] in foreign] == []
    own = {polish.gettext(text) for text in foreign} - foreign
    window.choose("language", "en")
    everything.play(0.5)
    assert [item for item in texts_of(window) if item[1] in own] == []
    assert set(english) >= {text for text in foreign if text in dict(texts_of(window)).values()}


def test_nothing_that_is_open_is_lost(everything):
    window, view = everything.window, everything.window.takes.view
    history, camera = view.roll.history, view.roll.camera.zoomed(0.5, 0.2)
    view.roll.set_camera(camera)
    view.player.seek(0.3)
    length = everything.controller.last.snapshot.take_s
    window.choose("language", "pl")
    everything.play(0.1)
    assert view.roll.history is history and history.changed and history.can_undo
    assert view.roll.camera == camera and view.player.at_s == 0.3
    assert view.roll.history.chosen == {0}
    assert everything.controller.last.snapshot.recording
    assert everything.controller.last.snapshot.take_s >= length
    assert {"stop_recording", "reopen", "close"}.isdisjoint(everything.engine.asked)
    assert window.jobs.queue.running is not None and window.jobs.cancel.text() == "Anuluj"
    assert window.shows_takes and window.top_bar.drawer.isVisible()
    assert window.log_window.isVisible()
    view.do("undo")
    assert len(view.roll.history.score) == 4


def test_the_choices_that_are_made_stay_made(everything):
    window = everything.window
    pickers = [picker for picker in window.findChildren(QComboBox) if picker.count()]
    before = [picker.currentData() for picker in pickers]
    emitted = []
    everything.controller.settings_changed.connect(emitted.append)
    window.choose("language", "pl")
    assert [picker.currentData() for picker in pickers] == before
    assert emitted == []


@pytest.mark.parametrize("choice", [("theme", "light"), ("naming", "solfege"), ("calm", True)])
def test_another_look_leaves_edits_alone(everything, choice):
    history = everything.window.takes.view.roll.history
    everything.window.choose(*choice)
    assert everything.window.takes.view.roll.history is history and history.changed
