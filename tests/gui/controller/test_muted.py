"""Muted MIDI is seen in every shape of the window, and said once."""

import itertools

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from gui.style.theme import DARK, LIGHT
from gui.window.compact import COMPACT_SMALLEST
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.settings import EngineSettings


def shows(widget: QWidget, colour: str) -> bool:
    image, wanted = widget.grab().toImage(), QColor(colour)
    return any(
        abs(image.pixelColor(x, y).red() - wanted.red()) < 12
        and abs(image.pixelColor(x, y).green() - wanted.green()) < 12
        and abs(image.pixelColor(x, y).blue() - wanted.blue()) < 12
        for x in range(image.width())
        for y in range(image.height())
    )


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_muted_midi_is_a_worry_in_the_status_bar_and_is_said(make_stage, theme):
    stage = make_stage(EngineSettings(midi_out="virtual"))
    stage.window.choose("theme", theme.name)
    stage.play(0.5)
    assert not shows(stage.window.status.midi, theme.warning)
    stage.window.do("mute")
    stage.play(0.5)
    assert stage.window.status.midi.text() == "MIDI is muted (M)"
    assert shows(stage.window.status.midi, theme.warning)
    assert shows(stage.window.status.lamp, theme.warning)
    assert "MIDI is muted" in stage.window.toast.label.text()
    stage.window.do("mute")
    stage.play(0.5)
    assert stage.window.toast.label.text() == "MIDI is sent again."
    assert not stage.window.status.midi.property("worry")


def test_without_a_port_mute_is_shown_too(make_stage):
    stage = make_stage(EngineSettings(midi_out=""))
    stage.window.do("mute")
    stage.play(0.5)
    assert stage.window.status.midi.text() == "MIDI is muted (M)"


def test_the_compact_window_has_a_lamp_and_shows_that_midi_is_muted(make_stage):
    stage = make_stage(EngineSettings(midi_out="virtual"))
    lamp = stage.window.transport.lamp
    assert not lamp.isVisible()
    stage.window.choose("theme", "dark")
    stage.window.do("compact")
    stage.engine.forced = {"midi_sent": 1}
    stage.play(0.5)
    assert lamp.isVisible() and not lamp.lit
    stage.engine.forced = {"midi_sent": 2}
    stage.play(0.05)
    assert lamp.lit and shows(lamp, DARK.good)
    stage.window.do("mute")
    stage.play(0.1)
    assert lamp.muted and shows(lamp, DARK.warning)
    assert lamp.accessibleDescription() == "MIDI is muted (M)" == lamp.toolTip()


@pytest.mark.parametrize("size", [COMPACT_SMALLEST, (380, 150), (460, 200)])
@pytest.mark.parametrize("troubles", [(), (Trouble(Code.PORT_LOST, name="X"),)])
def test_the_compact_window_holds_what_is_in_it(make_stage, qtbot, size, troubles):
    stage = make_stage()
    stage.window.do("compact")
    stage.window.resize(*size)
    stage.controller.toggle_recording()
    stage.engine.forced = {"troubles": troubles, "take_s": 6000.0}
    stage.play(0.5)
    qtbot.wait(50)  # the layout follows the buttons' new words
    window, transport = stage.window, stage.window.transport
    assert (window.width(), window.height()) == size
    assert transport.layout().minimumSize().width() <= size[0]
    assert transport.geometry().bottom() < size[1]
    assert transport.height() >= transport.minimumSizeHint().height()
    parts = [transport.now_playing, transport.lamp, transport.record, transport.panic]
    for left, right in itertools.pairwise(parts):
        assert left.geometry().right() < right.geometry().left()
    if troubles:
        (strip,) = (one for one in window.notices.strips if one.isVisible())
        assert strip.mapTo(window, strip.rect().bottomLeft()).y() < transport.geometry().top()


@pytest.mark.parametrize("width", [420, 499, 500, 640, 699, 700, 819, 820])
def test_no_button_of_the_usual_window_lies_on_another(make_stage, qtbot, width):
    stage = make_stage()
    stage.window.resize(width, 300)
    stage.controller.toggle_recording()
    stage.engine.forced = {"take_s": 6000.0}
    stage.play(0.5)
    qtbot.wait(50)
    transport = stage.window.transport
    row = transport.layout()
    parts = [row.itemAt(i).widget() for i in range(row.count())]
    shown = [part for part in parts if part.isVisible()]
    assert transport.width() == width and shown[-1].geometry().right() < width
    for left, right in itertools.pairwise(shown):
        assert left.geometry().right() < right.geometry().left()


def test_a_compact_banner_leads_to_where_something_can_be_chosen(stage):
    stage.window.do("compact")
    stage.engine.forced = {"troubles": (Trouble(Code.PORT_LOST, name="X"),)}
    stage.play(0.2)
    notice = stage.window.notices.notices[0]
    assert "usual_view" in notice.actions and "above" not in notice.text
    stage.window.notices.acted.emit("usual_view")
    stage.play(0.1)
    assert not stage.window.choices.compact
    assert "usual_view" not in stage.window.notices.notices[0].actions
    assert stage.window.top_bar.midi_out.isVisible()
