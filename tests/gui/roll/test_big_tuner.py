"""The large tuner and the pitch line: what they show of a voice."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor

from gui.music.tuner import Reading
from gui.notices.wish import Wish
from gui.roll.live_roll import RollPane
from gui.roll.pitch_line import PitchLine
from gui.style.theme import DARK
from realtime.values.snapshot import RollNote, Snapshot

LOW, ROWS = 21, 3


def hearing(at_s: float, pitch: float) -> Snapshot:
    """A note of pitch 69 that sounds alone, its loudest row at a pitch with a fraction."""
    rows = (np.arange(88 * ROWS) / ROWS + LOW)[:, None]
    shape = np.exp(-0.5 * ((rows[:, 0] - pitch) / 0.25) ** 2)
    return Snapshot(
        state="listening", stream_s=at_s, notes=(RollNote(0.5, None, 69, 90),),
        spectrum=tuple(float(x) for x in np.log(shape + 1e-3)), spectrum_low=LOW,
        spectrum_per_semitone=ROWS,
    )  # fmt: skip


@pytest.fixture
def pane(qtbot) -> RollPane:
    pane = RollPane()
    qtbot.addWidget(pane)
    pane.resize(960, 400)
    pane.show()
    pane.show_tuner(True)
    return pane


def test_the_pitch_line_follows_vibrato():
    line = PitchLine()
    for step in range(60):
        line.push(1 + step / 30, 69 + 0.4 * np.sin(step / 3))
    line.push(3.0, None)
    inside = line.between(1.5, 2.0)
    assert 14 <= len(inside) <= 17 and all(68.5 < pitch < 69.5 for _, pitch in inside)
    line.push(0.1, 60.0)
    assert line.between(0, 9) == [(0.1, 60.0)], "another stream begins"


def test_the_line_ends_with_its_note_though_its_end_is_known_later(pane):
    for step in range(30):
        pane.show_snapshot(hearing(1 + step / 30, 69.2), 1 + step / 30)
    ended = (RollNote(0.5, 1.8, 69, 90),)
    pane.show_snapshot(replace(hearing(2.0, 69.2), notes=ended), 2.0)
    seconds = [second for second, _ in pane.roll.pitch_line.between(0, 9)]
    assert 1.75 < max(seconds) <= 1.8
    for step in range(30):
        at_s = 2.5 + step / 30
        notes = (*ended, RollNote(2.2, None, 69, 90))
        pane.show_snapshot(replace(hearing(at_s, 69.2), notes=notes), at_s)
    assert len(pane.roll.pitch_line.between(2.2, 9)) == 30, "the next note keeps its own line"


def test_the_line_and_the_tuner_hear_the_same_voice(pane):
    for step in range(40):
        pane.show_snapshot(hearing(1 + step / 30, 69.2), 1 + step / 30)
    points = pane.roll.pitch_line.between(0, 9)
    assert points and all(pitch == pytest.approx(69.2, abs=0.1) for _, pitch in points)
    assert pane.big_tuner.text().startswith("A4 +")
    pane.show_snapshot(replace(hearing(9.0, 69.2), notes=()), 9.0)
    assert pane.big_tuner.text() == ""


def letters_height(pane) -> int:
    image = pane.big_tuner.grab().toImage()
    ratio = image.height() / pane.big_tuner.height()
    ink = QColor(DARK.text)
    middle = range(round(image.width() * 0.42), round(image.width() * 0.58), 2)
    rows = [
        y for y in range(round(image.height() * 0.42))
        if any(abs(image.pixelColor(x, y).lightness() - ink.lightness()) < 12 for x in middle)
    ]  # fmt: skip
    return round((rows[-1] - rows[0]) / ratio) if rows else 0


def test_the_name_is_large_enough_for_two_metres(pane):
    """Twenty minutes of arc are read with ease: 12 mm at two metres, 44 pixels of 0.27 mm."""
    pane.big_tuner.show_reading(Reading(69, 12.0), 5.0)
    assert letters_height(pane) >= 2 * 44
    assert pane.big_tuner.accessibleDescription() == "A4 +12 ¢"


def test_the_key_brings_the_tuner_and_takes_it_away(stage):
    pane = stage.window.pane
    stage.window.do(Wish.TUNER)
    assert pane.big_tuner.isVisible() and pane.big_tuner.size() == pane.roll.size()
    assert stage.window.wishes[Wish.TUNER].isChecked()
    stage.window.resize(1200, 700)
    stage.play(0.1)
    assert pane.big_tuner.size() == pane.roll.size()
    stage.window.do(Wish.TUNER)
    assert not pane.big_tuner.isVisible()


def test_from_the_takes_the_tuner_is_one_step_away(stage):
    stage.window.do(Wish.TAKES)
    stage.window.do(Wish.TUNER)
    assert not stage.window.shows_takes and stage.window.pane.big_tuner.isVisible()
