"""Plain news goes by itself; what can be undone and what went wrong stays."""

import pytest
from PySide6.QtGui import QAccessible, QCursor


@pytest.fixture
def told(stage):
    QCursor.setPos(stage.window.mapToGlobal(stage.window.rect().topLeft()))
    strip = stage.window.toast
    strip.leaving.setInterval(30)
    return strip


def test_plain_news_goes_by_itself_and_stays_in_the_text(stage, told, qtbot):
    told.show_text("Saved as a.mid")
    assert told.isVisible()
    qtbot.waitUntil(lambda: not told.isVisible(), timeout=2000)
    assert "Saved as a.mid" in stage.window.log_window.text.toPlainText()


@pytest.mark.parametrize(("kind", "undo"), [("error", False), ("info", True)])
def test_errors_and_what_can_be_undone_stay(told, qtbot, kind, undo):
    told.show_text("Something plain")
    told.show_text("take-1 is in the trash.", kind, undo=undo)
    qtbot.wait(120)
    assert told.isVisible()


def test_with_a_screen_reader_everything_stays(told, qtbot, monkeypatch):
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    told.show_text("Saved as a.mid")
    qtbot.wait(120)
    assert told.isVisible()


def test_it_waits_while_somebody_is_about_to_close_it(stage, told, qtbot):
    stage.window.activateWindow()
    qtbot.waitUntil(stage.window.isActiveWindow)
    told.show_text("Saved as a.mid")
    told.close_button.setFocus()
    qtbot.wait(120)
    assert told.isVisible()
