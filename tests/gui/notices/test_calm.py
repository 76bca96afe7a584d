"""Whatever is said, nothing under the mouse moves and no click goes astray."""

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QListWidget, QWidget

from gui.notices.notice import Notice
from gui.notices.notice_view import NoticeStrip
from gui.notices.strip import Strip
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.settings import EngineSettings
from tests.gui.conftest import Stage
from tests.support.take_files import make_take

LOST = Trouble(Code.PORT_LOST, name="FLUID Synth")
GONE = Trouble(Code.INPUT_STOPPED, name="Scarlett 2i2")


def places(stage: Stage) -> dict[QWidget, QRect]:
    """Where everything lies that can be clicked, but for what messages hold themselves."""
    QApplication.processEvents()
    window = stage.window
    found = {}
    for kind in (QAbstractButton, QComboBox, QListWidget):
        for widget in window.findChildren(kind):
            strips = (strip.isAncestorOf(widget) for strip in window.findChildren(Strip))
            if widget.isVisible() and not any(strips):
                found[widget] = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    found[window.pages.currentWidget()] = window.pages.geometry()
    return found


@pytest.mark.parametrize("page", ["live", "takes"])
@pytest.mark.parametrize("size", [(960, 540), (1280, 800), (420, 300)])
def test_no_control_moves_because_something_is_said(make_stage, tmp_path, size, page):
    stage = make_stage(EngineSettings(record=str(tmp_path / "takes")))
    make_take(tmp_path / "takes", "first")
    stage.window.resize(*size)
    if page == "takes":
        stage.window.do("takes")
    stage.play(0.2)
    before = places(stage)
    stage.engine.forced = {"troubles": (LOST, GONE)}
    stage.window.toast.show_text("take-1 is in the trash.", undo=True)
    stage.window.jobs.label.show_text("Listening…")
    stage.window.jobs.show()
    stage.play(0.2)
    assert stage.window.toast.isVisible() and stage.window.jobs.isVisible()
    assert places(stage) == before
    stage.window.toast.hide()
    stage.window.jobs.hide()
    stage.engine.forced = {}
    stage.play(0.2)
    assert places(stage) == before


@pytest.mark.parametrize("width", [960, 1280])
def test_a_long_text_lies_below_its_title_and_is_whole(stage, qtbot, width):
    stage.window.resize(width, 700)
    unwritten = Trouble(
        Code.TAKE_UNWRITTEN, folder="/home/you/Music", reason=Trouble(Code.DISK_FULL)
    )
    stage.engine.forced = {"recording": True, "troubles": (unwritten,)}
    stage.play(0.3)
    (strip,) = (s for s in stage.window.findChildren(NoticeStrip) if s.isVisible())
    title, text = (strip.findChild(QLabel, name) for name in ("stripTitle", "stripText"))
    assert text.y() >= title.y() + title.height() and text.x() == title.x()
    qtbot.waitUntil(lambda: text.height() >= text.heightForWidth(text.width()))
    assert text.heightForWidth(text.width()) <= 2.5 * text.fontMetrics().lineSpacing()
    button = strip.buttons.itemAt(0).widget()
    assert button.isVisible() and not button.geometry().intersects(text.geometry())


def test_a_message_stays_where_it_is_when_another_goes(stage):
    window = stage.window
    stage.play(0.2)
    window.toast.show_text("take-1 is in the trash.", undo=True)
    stage.engine.forced = {"troubles": (LOST, GONE)}
    stage.play(0.2)
    QApplication.processEvents()
    first, second = (strip for strip in window.notices.strips if strip.isVisible())
    told, stays = window.toast.geometry(), second.geometry()
    assert not told.intersects(stays) and not first.geometry().intersects(stays)
    second_about = second.notice.about
    window.controller.dismiss(first.notice)
    stage.play(0.1)
    QApplication.processEvents()
    assert not first.isVisible()
    assert second.notice.about == second_about and second.geometry() == stays
    assert window.toast.geometry() == told


def test_a_message_comes_beside_the_mouse_not_under_it(stage):
    window = stage.window
    stage.play(0.2)
    QApplication.processEvents()
    window.toast.show_text("news")
    aimed_at = window.toast.geometry().center()
    window.toast.hide()
    QCursor.setPos(window.centralWidget().mapToGlobal(aimed_at))
    window.toast.show_text("news")
    assert not window.toast.geometry().contains(aimed_at)
    assert window.pages.geometry().contains(window.toast.geometry())


def test_the_record_button_keeps_its_width_while_the_take_grows(stage):
    stage.play(0.1)
    before = places(stage)
    stage.window.do("record")
    for notes, take_s in ((0, 0.0), (9, 9.0), (10, 61.0), (1234, 1200.0)):
        stage.engine.forced = {"take_s": take_s, "take_notes": notes}
        stage.play(0.1)
        assert places(stage) == before, (notes, take_s)


def test_no_card_peeps_out_from_behind_a_message(stage):
    window = stage.window
    stage.engine.forced = {"state": "no-input"}
    stage.play(0.2)
    assert window.card.isVisible()
    middle = window.card.mapTo(window.centralWidget(), window.card.rect().center())
    window.toast.show_text("news", "error")
    window.toast.move(window.toast.x(), middle.y())
    stage.play(0.1)
    assert not window.card.isVisible()
    window.toast.hide()
    stage.play(0.1)
    assert window.card.isVisible()


def test_the_words_of_a_message_follow_its_own_title_not_one_before(stage):
    """A message is shown in the place of an earlier one, whose title was longer."""
    window = stage.window
    window.resize(1200, 700)
    long = Notice("warning", "The computer is too slow just now for all of this", "Close others.")
    short = Notice("hint", "I hear nothing now", "Is it the right input, and not muted?")
    stack = window.notices
    gaps = []
    for shown in ((short,), (), (long,), (), (short,)):
        stack.show_notices(shown, window.height())
        QApplication.processEvents()
        for strip in stack.strips:
            if strip.notice == short:
                title, text = (strip.findChild(QLabel, n) for n in ("stripTitle", "stripText"))
                gaps.append(
                    text.x() - title.x() - title.fontMetrics().horizontalAdvance(title.text())
                )
    assert len(gaps) == 2 and gaps[0] == gaps[1] < 20
