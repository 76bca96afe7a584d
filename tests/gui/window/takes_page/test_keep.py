"""What was just played can be kept by button and key; where it went is said, with ways to it."""

from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices

from gui.language.translate import set_language
from gui.music.take_titles import take_title
from gui.window.menu import HELD_MINUTES
from realtime.values.settings import EngineSettings
from tests.support.take_files import make_take


@pytest.mark.parametrize("way", ["key", "button", "menu"])
def test_it_is_kept_by_key_button_and_menu(stage, qtbot, way):
    stage.play(3.3)
    window = stage.window
    assert "0:03" in window.transport.keep.text()
    if way == "key":
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        qtbot.keyClick(window.pane, Qt.Key.Key_J)
    elif way == "button":
        window.transport.keep.click()
    else:
        window.wishes["keep"].trigger()
    assert stage.engine.asked[-1] == "keep_recent"
    stage.play(0.1)
    assert window.toast.isVisible() and "“kept-1”" in window.toast.label.text()
    assert (window.toast.action.text(), window.toast.other.text()) == ("Open", "Show in folder")
    assert window.toast.leaving.isActive(), "it does not lie over the notes for good"


def test_where_a_take_went_is_said_with_ways_to_it(make_stage, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url) or True)
    stage = make_stage(EngineSettings(record=str(tmp_path / "takes")))
    make_take(tmp_path / "takes", "Sunday evening")
    make_take(tmp_path / "takes", "another")
    window = stage.window
    stage.play(1.0)
    stage.engine.forced = {"last_take": str(tmp_path / "takes" / "Sunday evening.mid")}
    stage.play(0.1)
    assert "“Sunday evening”" in window.toast.label.text()
    window.toast.other.click()
    assert [url.toLocalFile() for url in opened] == [str(tmp_path / "takes")]
    stage.engine.forced = {}
    stage.play(0.1)
    stage.engine.forced = {"last_take": str(tmp_path / "takes" / "Sunday evening.mid")}
    stage.play(0.1)
    window.toast.action.click()
    assert window.shows_takes and window.takes.opened.name == "Sunday evening"


def test_where_nothing_was_played_it_says_so_and_keeps_nothing(make_stage):
    stage = make_stage(score=())
    stage.play(1.0)
    stage.window.do("keep")
    assert "keep_recent" not in stage.engine.asked
    assert "no note was heard in the last 10 minutes" in stage.window.toast.label.text()
    stage.window.choose("recent_minutes", 0.0)
    stage.play(0.2)
    stage.window.do("keep")
    assert "menu" in stage.window.toast.label.text()


def test_how_much_is_held_is_said_chosen_and_remembered(make_stage):
    stage = make_stage()
    stage.play(0.5)
    keep = stage.window.transport.keep
    assert "last 10 minutes" in keep.toolTip() and "held in memory" in keep.toolTip()
    assert 10 in HELD_MINUTES
    stage.window.choose("recent_minutes", 5.0)
    stage.lay_out()
    stage.play(0.1)
    assert stage.engine.settings.recent_minutes == 5.0
    assert "last 5 minutes" in keep.toolTip()
    stage.window.choose("recent_minutes", 0.0)
    stage.play(0.1)
    assert "Nothing of what you play is held" in keep.toolTip()
    stage.window.close()
    assert make_stage().controller.settings.recent_minutes == 0.0


@pytest.mark.parametrize(
    ("moment", "instrument", "english", "polish"),
    [
        (datetime(2026, 11, 29, 19), "piano", "Sunday evening, piano", "Niedziela wieczorem, "),
        (datetime(2026, 11, 30, 9), "", "Monday morning", "Poniedziałek rano"),
        (datetime(2026, 12, 2, 15), "", "Wednesday afternoon", "Środa po południu"),
        (datetime(2026, 12, 5, 1), "voice", "Saturday night, voice", "Sobota w nocy, "),
    ],
)
def test_takes_have_names_that_people_read(moment, instrument, english, polish):
    set_language("en")
    assert take_title(moment, instrument) == english
    set_language("pl")
    assert take_title(moment, instrument).startswith(polish)
    set_language("en")


def test_a_take_is_called_by_day_and_instrument_from_its_start(make_stage):
    stage = make_stage(EngineSettings(instrument="guitar"))
    stage.play(1.0)
    stage.window.do("record")
    stage.window.do("keep")
    day = datetime.now().strftime("%A")
    for title in stage.engine.titles:
        assert title.startswith(day) and title.endswith(", guitar")
    assert len(stage.engine.titles) == 2


def test_what_is_kept_is_not_kept_twice_unless_it_is_asked_for(stage):
    window, asked = stage.window, stage.engine.asked
    stage.play(3.0)
    window.do("keep")
    stage.play(0.3)
    stage.engine.forced = {"recent_s": 0.0}
    stage.play(0.1)
    window.do("keep")
    assert asked.count("keep_recent") == 1
    assert "since the last take was kept" in window.toast.label.text()
    assert (window.toast.action.text(), window.toast.other.text()) == ("Open", "Keep all 0:03")
    window.toast.other.click()
    assert asked.count("keep_recent") == 2
    stage.engine.forced = {}
    stage.play(2.0)
    window.do("keep")
    assert asked.count("keep_recent") == 3, "more was played"


@pytest.mark.parametrize(("compact", "width"), [(False, 420), (False, 960), (True, 460)])
def test_the_button_is_there_in_the_smallest_windows(stage, compact, width):
    window = stage.window
    window.set_compact(compact)
    window.resize(width, 300)
    stage.lay_out()
    transport = window.transport
    assert transport.keep.isVisible()
    assert transport.keep.geometry().right() < transport.width()


def test_saving_is_offered_once_and_nothing_moves_where_it_goes(make_stage, tmp_path):
    stage = make_stage(EngineSettings(record=str(tmp_path / "takes")))
    make_take(tmp_path / "takes", "first")
    window, bar = stage.window, stage.window.transport
    window.resize(1200, 700)
    stage.lay_out()
    others = (bar.practice, bar.takes, bar.keep, bar.record, bar.panic, bar.compact)
    before = [button.geometry() for button in others]
    window.takes_navigation.open(str(tmp_path / "takes" / "first.mid"))
    stage.lay_out()
    assert window.takes.view.head.export.isVisible() and not bar.take.isVisible()
    assert [button.geometry() for button in others] == before
    window.takes_navigation.show(False)
    stage.lay_out()
    assert bar.take.isVisible() and [button.geometry() for button in others] == before
