"""Another language: the fresh window goes on with everything that was open."""

import pytest
from PySide6.QtCore import QRect

from gui.language.translate import set_language
from gui.settings.store import SettingsStore
from gui.window.session import Session


@pytest.fixture
def session(stage, qtbot):
    stage.window.hide()
    session = Session(stage.controller, SettingsStore(stage.store.path), stage.scan)
    qtbot.addWidget(session.window)
    session.window.show()
    yield session
    set_language("en")
    session.window.log_window.hide()
    session.window.hide()


def test_the_notes_as_text_stay_open_and_no_note_is_told_twice(session, stage):
    old = session.window
    old.do("log")
    old.log_window.setGeometry(QRect(50, 60, 400, 300))
    stage.play(2.0)
    before = old.log_window.text.toPlainText()
    assert before
    old.choose("language", "pl")
    fresh = session.window
    assert fresh is not old and not old.log_window.isVisible()
    assert fresh.log_window.isVisible()
    assert fresh.log_window.windowTitle() == "Nuty jako tekst"
    assert fresh.log_window.geometry() == QRect(50, 60, 400, 300)
    assert fresh.log_window.text.toPlainText() == before
    fresh.controller.tick()
    assert fresh.log_window.text.toPlainText() == before
    stage.play(2.0)
    lines = fresh.log_window.text.toPlainText().splitlines()
    assert len(lines) > len(before.splitlines())
    times = [line.split()[0].replace(",", ".") for line in lines]
    assert times == sorted(set(times))


def test_lines_are_kept_while_the_notes_as_text_are_closed(session, stage):
    stage.play(2.0)
    before = session.window.log_window.text.toPlainText()
    session.window.choose("language", "pl")
    assert not session.window.log_window.isVisible()
    assert session.window.log_window.text.toPlainText() == before


@pytest.mark.parametrize("name", ["tune", "listen"])
def test_open_settings_stay_open(session, name):
    getattr(session.window.top_bar, name).setChecked(True)
    session.window.choose("language", "pl")
    top = session.window.top_bar
    assert [top.tune.isChecked(), top.listen.isChecked()] == [name == "tune", name == "listen"]
    assert top.drawer.isVisible()
    assert (top.tuning if name == "tune" else top.sound).isVisible()


def test_a_compact_window_stays_where_it_is_and_finds_back(session):
    usual, compact = QRect(40, 60, 700, 500), QRect(120, 30, 520, 260)
    session.window.setGeometry(usual)
    session.window.do("compact")
    session.window.setGeometry(compact)
    session.window.choose("language", "pl")
    assert session.window.geometry() == compact
    session.window.do("compact")
    assert session.window.geometry() == usual


def test_a_window_that_fills_the_screen_goes_on_doing_so(session):
    session.window.showMaximized()
    session.window.choose("language", "pl")
    assert session.window.isMaximized()
