"""At every size, in every language and theme, no part lies over another and no words are cut."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.settings import EngineSettings
from tests.gui.conftest import Stage
from tests.gui.window.sizes.layout_faults import layout_faults
from tests.support.take_files import make_take

TROUBLES = (
    Trouble(Code.PORT_LOST, name="FLUID Synth"),
    Trouble(Code.TAKE_UNWRITTEN, folder="/home/you/Music", reason=Trouble(Code.DISK_FULL)),
    Trouble(Code.TAKE_RECOVERED, path="/home/you/Music/take-1.mid"),
)
SIZES = [(944, 484), (960, 540), (1280, 800), (1920, 1080)]
"""The first is a screen of 1920x1080 at 200 %, less frame and bar."""


def pages(stage: Stage) -> Iterator[tuple[str, Callable[[], object]]]:
    """Every page, alone and with settings: its name, and how one gets there."""
    window = stage.window
    top = window.top_bar

    def open_piece() -> None:
        chooser = window.practice.page.chooser
        chooser.list.setCurrentRow(0)
        chooser.list.itemActivated.emit(chooser.list.currentItem())
        for _ in range(200):
            if window.practice.page.stack.currentIndex() == 1:
                return
            QTest.qWait(10)
        raise AssertionError("the piece is not read")

    yield "live", lambda: None
    yield "settings", lambda: top.tune.setChecked(True)
    yield "sound", lambda: top.listen.setChecked(True)
    yield "takes, sound", lambda: window.do("takes")
    yield "takes, settings", lambda: top.tune.setChecked(True)
    yield "takes", lambda: top.tune.setChecked(False)
    yield "pieces", lambda: window.do("practice")
    yield "practice", open_piece
    yield "practice, settings", lambda: top.tune.setChecked(True)


def look(stage: Stage, size: tuple[int, int]) -> list[str]:
    stage.window.resize(*size)
    for _ in range(3):
        stage.play(0.1)
        QApplication.processEvents()
    return layout_faults(stage.window)


def check(stage: Stage, sizes: list[tuple[int, int]]) -> None:
    window = stage.window
    for page, go in pages(stage):
        go()
        for size in sizes:
            stage.engine.forced = {}
            window.toast.hide()
            window.jobs.hide()
            assert look(stage, size) == [], (page, size, "no messages")
            stage.engine.forced = {"troubles": TROUBLES, "lost_s": 0.4, "behind_s": 0.6}
            window.toast.show_text("Étude for a rainy Sunday is in the trash.", undo=True)
            window.jobs.label.show_text("Listening to Für Elise, quickly.flac with hindsight…")
            window.jobs.show()
            assert look(stage, size) == [], (page, size, "messages")


@pytest.fixture
def staged(make_stage, tmp_path):
    make_take(tmp_path / "takes", "Prelude")
    settings = EngineSettings(record=str(tmp_path / "takes"), midi_out="virtual")
    return make_stage(settings)


def test_the_smallest_screen_in_polish(staged):
    staged.window.choose("language", "pl")
    check(staged, SIZES[:1])


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("language", ["en", "pl"])
def test_every_screen_language_and_theme(staged, language, theme):
    staged.window.choose("language", language)
    staged.window.choose("theme", theme)
    check(staged, SIZES)
