"""The head of a take gives way in turn: words, the instrument, and only then the name."""

import pytest

from gui.language.translate import set_language
from realtime.values.settings import EngineSettings
from tests.support.take_files import make_take

NAME = "take-20261126-173212"


@pytest.fixture(params=["en", "pl"])
def stage(make_stage, tmp_path, request):
    make_take(tmp_path / "takes", NAME)
    stage = make_stage(EngineSettings(record=str(tmp_path / "takes")))
    if request.param == "pl":
        stage.window.hide()
        set_language("pl")
        stage = make_stage(EngineSettings(record=str(tmp_path / "takes")))
    stage.window.resize(960, 540)
    stage.window.do("takes")
    return stage


def nothing_cut(head) -> bool:
    title = head.title.fontMetrics().horizontalAdvance(head.title.text())
    pickers = [each for each in (head.instrument, head.version) if each.isVisible()]
    return title <= head.title.width() and all(
        each.fitting_text() == each.currentText() for each in pickers
    )


def test_at_the_usual_width_nothing_is_cut(stage, qtbot):
    view = stage.window.takes.view
    head = view.head
    qtbot.waitUntil(lambda: head.width() > 600)
    assert nothing_cut(head) and head.instrument.isVisible() and head.refine.text()
    view.roll.choose(frozenset({0}))
    view.do("delete")
    view.do("keep")
    view.roll.choose(frozenset({0}))
    view.do("delete")
    assert head.keep.isVisible() and head.version.isVisible()
    qtbot.waitUntil(lambda: nothing_cut(head))
    assert head.refine.text() == "" and head.refine.accessibleName()


def test_a_wide_window_shows_everything(stage, qtbot):
    stage.window.resize(1400, 540)
    view = stage.window.takes.view
    view.roll.choose(frozenset({0}))
    view.do("delete")
    view.do("keep")
    qtbot.waitUntil(lambda: nothing_cut(view.head))
    assert view.head.refine.text() and view.head.instrument.isVisible()
