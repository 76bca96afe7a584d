"""The compact window: its place and the usual one's are remembered, and what is said in it fits."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication

from gui.notices.notice import Notice
from gui.settings.store import Geometries
from gui.window.compact import COMPACT_SIZE, COMPACT_SMALLEST, USUAL_SIZE
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from tests.support.dropping import drop

USUAL, COMPACT = QRect(40, 60, 700, 500), QRect(120, 30, 520, 260)


def test_both_views_are_where_they_were_after_any_number_of_restarts(make_stage):
    first = make_stage().window
    first.setGeometry(USUAL)
    first.do("compact")
    first.setGeometry(COMPACT)
    first.close()
    for _ in range(2):
        again = make_stage().window
        assert again.choices.compact and again.geometry() == COMPACT
        again.close()
    again = make_stage().window
    again.do("compact")
    assert again.geometry() == USUAL
    again.close()
    for _ in range(2):
        again = make_stage().window
        assert not again.choices.compact and again.geometry() == USUAL
        again.close()
    again = make_stage().window
    again.do("compact")
    assert again.geometry() == COMPACT


def test_compact_without_a_memory_is_small_and_the_way_back_is_the_usual_size(stage):
    stage.store.save(stage.window.choices, Geometries())
    window = stage.window
    window.do("compact")
    assert (window.width(), window.height()) == COMPACT_SIZE
    window.do("compact")
    assert (window.width(), window.height()) == USUAL_SIZE


def test_a_window_that_filled_the_screen_fills_it_again(stage):
    stage.window.showMaximized()
    stage.window.do("compact")
    assert not stage.window.isMaximized()
    assert (stage.window.width(), stage.window.height()) == COMPACT_SIZE
    stage.window.do("compact")
    assert stage.window.isMaximized()


def test_asked_for_the_view_that_it_has_a_window_stays_where_it_is(make_stage):
    make_stage().window.close()
    window = make_stage().window
    window.setGeometry(USUAL)
    window.set_compact(False)
    assert window.geometry() == USUAL


@pytest.fixture
def slow_job(monkeypatch):
    """A file that is heard for as long as the test takes."""
    monkeypatch.setattr("gui.jobs.job.FileJob.start", lambda job: None)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [COMPACT_SMALLEST, COMPACT_SIZE, (520, 260)])
def test_a_dropped_file_is_one_line_in_a_compact_window(
    make_stage, tmp_path, slow_job, size, theme
):
    stage = make_stage()
    stage.window.choose("theme", theme)
    window, jobs = stage.window, stage.window.jobs
    window.do("compact")
    window.resize(*size)
    drop(window, tmp_path / "a song with quite a long name, second try.wav")
    stage.play(0.1)
    QApplication.processEvents()
    assert jobs.isVisible() and (window.width(), window.height()) == size
    assert jobs.height() <= 46 and jobs.height() >= jobs.minimumSizeHint().height()
    assert window.pane.height() >= size[1] - jobs.height() - window.transport.height() - 2
    parts = (jobs.label, jobs.bar, jobs.cancel)
    for part in parts:
        assert part.geometry().top() >= 0 and part.geometry().bottom() < jobs.height()
        assert part.geometry().right() < size[0]
    assert jobs.label.height() >= jobs.label.fontMetrics().height()
    assert jobs.label.toolTip() == jobs.label.text()
    window.do("compact")
    QApplication.processEvents()
    assert jobs.label.wordWrap() and not jobs.label.toolTip()


def test_messages_make_room_for_each_other_in_a_compact_window(make_stage, tmp_path, slow_job):
    stage = make_stage()
    window = stage.window
    window.do("compact")
    stage.engine.forced = {"troubles": (Trouble(Code.PORT_LOST, name="X"),)}
    stage.play(0.1)
    QApplication.processEvents()
    (notice,) = window.notices.strips
    alone = notice.height()
    drop(window, tmp_path / "song.wav")
    window.toast.show_text("take-1 is in the trash.", undo=True)
    stage.play(0.1)
    QApplication.processEvents()
    shown = (notice, window.jobs, window.toast)
    for strip in shown:
        assert strip.isVisible() and strip.height() >= strip.minimumSizeHint().height()
        assert window.pages.geometry().contains(strip.geometry())
    assert (window.width(), window.height()) == COMPACT_SIZE
    window.jobs.discard()
    window.toast.hide()
    QApplication.processEvents()
    assert notice.height() == alone


def test_a_compact_window_says_what_matters_only(stage):
    window = stage.window
    window.do("compact")
    playing = Notice("info", "", "Playing the demo through the whole chain.", ("microphone",))
    ended = Notice("info", "The recording has ended", "song.wav, 0:10.", ("microphone", "again"))
    hint = Notice("hint", "Play something", "Your notes appear here.", centre=True)
    for notice, said in ((playing, False), (ended, True), (hint, False)):
        window.show_notices((notice,))
        assert bool(window.notices.notices) == said, notice
    window.do("compact")
    window.show_notices((playing,))
    assert window.notices.strips[0].isVisible()
