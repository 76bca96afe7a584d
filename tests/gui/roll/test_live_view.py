"""Unsure notes, the spectrogram, chosen keyboards, and looking back in time."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

from gui.roll.geometry import Viewport
from gui.roll.key_range import KEYBOARDS
from gui.roll.spectrogram import Spectrogram
from gui.style.theme import DARK
from realtime.values.snapshot import RollNote, Snapshot


def lightness(stage, second: float, pitch: int) -> int:
    """Colour of the roll at a moment and pitch, in the middle of a note's body."""
    roll = stage.window.pane.roll
    view, image = roll.viewport, roll.grab().toImage()
    ratio = image.width() / roll.width()
    x = view.x(second, roll.edge_s)
    y = view.y(pitch) + view.row / 2
    return image.pixelColor(round(x * ratio), round(y * ratio)).lightness()


def test_an_unsure_note_is_hollow_until_it_is_sure(make_stage):
    note = RollNote(1.0, None, 60, 100)
    stage = make_stage(score=())
    stage.window.choose("theme", "dark")
    stage.engine.forced = {"notes": (RollNote(1.0, None, 60, 100, 0.4),)}
    stage.play(3.0)
    hollow = lightness(stage, 2.0, 60)
    assert stage.window.transport.now_playing.text() == "C4?"
    stage.engine.forced = {"notes": (note,)}
    stage.play(0.1)
    assert lightness(stage, 2.0, 60) > hollow + 60
    assert stage.window.transport.now_playing.text() == "C4"


def test_the_notes_as_text_tell_doubt(make_stage):
    stage = make_stage(score=())
    notes = (RollNote(0.5, None, 60, 80, 0.3), RollNote(0.5, None, 64, 80))
    stage.engine.forced = {"notes": notes}
    stage.play(1.0)
    assert "C4?  E4 " in stage.window.log_window.text.toPlainText()


def columns(until_s: float):
    """Pictures with one loud row at C4 (row 40 of 3 a semitone from 46 2/3)."""
    for index in range(int(until_s / 0.025)):
        values = [-1.2] * 80
        values[40] = 2.0
        yield Snapshot(
            stream_s=0.025 * (index + 1),
            spectrum=tuple(values),
            spectrum_low=60 - 40 / 3,
            spectrum_per_semitone=3,
        )


def test_the_spectrogram_lies_where_the_notes_are(qapp):
    spectrogram = Spectrogram()
    view = Viewport(400.0, 240.0, 4.0, 48.0, 71.0)
    image = QImage(400, 240, QImage.Format.Format_RGB32)
    image.fill(0)
    for snapshot in columns(4.0):
        spectrogram.push(snapshot)
    painter = QPainter(image)
    assert spectrogram.draw(painter, view, 4.0, (0.0, 4.0), DARK) == pytest.approx(4.0)
    painter.end()
    y = round(view.y(60) + view.row / 2)
    assert all(image.pixelColor(x, y).lightness() > 60 for x in range(2, 398))
    assert image.pixelColor(200, y - 12).lightness() < 8


def test_a_spectrum_that_is_not_spaced_by_pitch_is_not_drawn():
    spectrogram = Spectrogram()
    spectrogram.push(Snapshot(stream_s=1.0, spectrum=(1.0, 2.0)))
    assert not spectrogram._columns


def test_the_spectrogram_comes_and_goes_and_is_remembered(stage, qtbot):
    stage.window.do("spectrogram")
    assert stage.window.pane.roll.spectrogram is not None
    assert stage.window.choices.spectrogram
    stage.window.do("spectrogram")
    assert stage.window.pane.roll.spectrogram is None


@pytest.mark.parametrize("name", list(KEYBOARDS))
def test_a_chosen_keyboard_is_shown_whatever_is_played(make_stage, name):
    stage = make_stage(score=(RollNote(0.5, None, 30, 90), RollNote(0.5, None, 31, 90)))
    stage.window.choose("keys", name)
    stage.play(3.0)
    view = stage.window.pane.roll.viewport
    assert (view.low, view.high) == KEYBOARDS[name]
    assert view.high - view.low + 1 == int(name)
    stage.window.pane.range.zoom(0.5, 60.0)
    stage.window.do("reset_view")
    stage.play(2.0)
    assert stage.window.pane.roll.viewport.low == KEYBOARDS[name][0]
    stage.window.choose("keys", "")
    stage.play(6.0)
    assert stage.window.pane.roll.viewport.low <= 30


def test_looking_back_holds_the_view_until_it_follows_again(stage, qtbot):
    pane = stage.window.pane
    stage.play(20.0)
    newest = pane.roll.edge_s
    for _ in range(3):
        qtbot.keyClick(pane, Qt.Key.Key_Left)
    stage.play(0.5)
    assert pane.back.isVisible()
    assert pane.roll.edge_s == pytest.approx(newest - 0.3 * pane.seconds, abs=0.05)
    held = pane.roll.edge_s
    stage.play(2.0)
    assert pane.roll.edge_s == held
    qtbot.keyClick(pane, Qt.Key.Key_End)
    stage.play(0.1)
    assert not pane.back.isVisible()
    assert pane.roll.edge_s > held + 4
    pane.move_time(-4.0)
    pane.back.click()
    assert pane.held_s is None


def test_one_cannot_look_back_further_than_notes_are_told(stage):
    stage.play(60.0, step=0.1)
    pane = stage.window.pane
    pane.move_time(-1000.0)
    stage.play(0.1)
    assert pane.roll.edge_s - pane.seconds >= pane.now_s - 30.0 - 0.1
    stage.play(10.0)
    assert pane.roll.edge_s - pane.seconds >= pane.now_s - 30.0 - 0.1


def test_keys_move_and_zoom_pitch(stage, qtbot):
    pane = stage.window.pane
    stage.play(1.0)
    low, high = pane.range.target
    qtbot.keyClick(pane, Qt.Key.Key_Up)
    assert pane.range.target[0] == low + 2
    qtbot.keyClick(pane, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert pane.range.target[1] - pane.range.target[0] < high - low
