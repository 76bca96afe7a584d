"""The status bar cuts no figure in the middle: names give way first, then whole cells."""

import itertools

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from gui.bars.status_bar import GAP, LEAST, ORDER, fitting
from realtime.values.settings import EngineSettings

WANTED = {
    "input": 300,
    "latency": 60,
    "estimate": 130,
    "speed": 110,
    "lost": 60,
    "model": 200,
    "midi": 220,
}


@pytest.mark.parametrize("room", [*range(240, 1500, 37), 0])
def test_cells_never_need_more_than_there_is(room):
    given = fitting(WANTED, room)
    assert sum(given.values()) + GAP * max(len(given) - 1, 0) <= room
    for name, width in given.items():
        if name in ("input", "midi", "model"):
            assert width >= LEAST
        else:
            assert width == WANTED[name], "figures are whole or not there"


def test_names_are_whole_where_there_is_room_and_empty_cells_take_none():
    assert fitting(WANTED, 2000) == WANTED
    assert "lost" not in fitting({**WANTED, "lost": 0}, 2000)
    assert {"latency", "midi", "input"} <= fitting(WANTED, 340).keys()


@pytest.mark.parametrize("width", [420, 560, 700, 960, 1400])
def test_long_names_are_elided_and_told_in_full(make_stage, width):
    stage = make_stage(EngineSettings(midi_out="virtual"))
    long = "HDA Intel PCH: ALC3246 Analog with a name that never ends (hw:0,0)"
    stage.engine.forced = {
        "input_name": f"ALSA: {long}",
        "midi_name": "Komplete Kontrol S61 MK3 Port 1",
        "model_name": "my-own-guitar-finetuned-in-november",
        "lost_s": 0.25,
    }
    stage.window.resize(width, 400)
    stage.play(0.6)
    QApplication.processEvents()
    status = stage.window.status
    cells = [status.cells[name] for name in ORDER if status.cells[name].isVisible()]
    for left, right in itertools.pairwise(cells):
        assert left.geometry().right() < right.geometry().left()
    assert cells[-1].geometry().right() < status.lamp.geometry().left()
    assert status.lamp.geometry().right() < width
    for name in ("latency", "lost"):
        cell = status.cells[name]
        assert not cell.isVisible() or cell.width() >= cell.sizeHint().width()
    assert long in status.cells["input"].toolTip()
    assert status.midi.toolTip() == "Komplete Kontrol S61 MK3 Port 1"


def test_the_usual_window_shows_buffer_and_the_delay_of_most_notes(stage):
    stage.play(0.6)
    assert stage.window.width() == 960
    status = stage.window.status
    assert not status.cells["estimate"].isVisible(), "a musician does not need it"
    status.open_details()
    lines = [label.text() for label in status.details.findChildren(QLabel) if label.isVisible()]
    assert "95 of 100: 62 ms  buffer 480" in lines and "piano-small" in lines
    status.details.hide()


def test_a_musician_sees_three_things_and_whatever_is_a_worry(stage):
    stage.window.resize(1280, 800)
    stage.play(0.5)
    cells = stage.window.status.cells
    assert {name for name in ORDER if cells[name].isVisible()} == {"input", "latency", "midi"}
    stage.engine.forced = {"lost_s": 0.25, "behind_s": 0.5}
    stage.play(0.5)
    assert cells["lost"].isVisible() and cells["speed"].isVisible()


def test_a_loss_is_a_worry_for_a_minute_and_then_a_figure(stage):
    """Until the program ended it used to stand there in amber."""
    stage.engine.forced = {"lost_s": 9.4}
    stage.play(0.5)
    status = stage.window.status
    assert status.cells["lost"].isVisible()
    stage.play(59, step=0.5)
    assert status.cells["lost"].isVisible()
    stage.engine.forced = {"lost_s": 9.5}
    stage.play(30, step=0.5)
    assert status.cells["lost"].isVisible()
    stage.play(32, step=0.5)
    assert not status.cells["lost"].isVisible()
    status.open_details()
    lines = [label.text() for label in status.details.findChildren(QLabel) if label.isVisible()]
    assert "lost 9500 ms" in lines
    status.details.hide()
