"""The page of takes where there are none: how to make the first one."""

from realtime.values.settings import EngineSettings
from tests.support.take_files import make_take


def test_without_takes_nothing_asks_to_choose_one(make_stage, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "takes").mkdir()
    stage = make_stage(EngineSettings(record=str(tmp_path / "takes")))
    stage.window.do("takes")
    page = stage.window.takes
    assert page.hint.words.text().startswith("No takes yet") and page.hint.record.isVisible()
    make_take(tmp_path / "takes", "only")
    stage.window.takes_navigation.enter_if_shown()
    page.library.discard.click()
    assert page.view.take is None
    assert page.hint.words.text().startswith("No takes yet") and page.hint.record.isVisible()
    stage.window.resize(420, 400)
    assert page.hint.record.isVisible() and not page.library.isVisible()


def test_the_first_take_is_recorded_from_the_empty_page(make_stage, tmp_path):
    (tmp_path / "takes").mkdir()
    stage = make_stage(EngineSettings(record=str(tmp_path / "takes")))
    for _ in range(2):
        stage.window.do("takes")
        stage.window.takes.hint.record.click()
        assert not stage.window.shows_takes
        stage.play(0.2)
        assert stage.engine.asked.count("record") == 1
        assert "stop_recording" not in stage.engine.asked
