"""While the range of keys glides, the times stay where they are and no part is bare."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from gui.roll.backdrop import Backdrop
from gui.roll.geometry import Viewport
from gui.roll.key_range import EASE_S, REST, KeyRange
from gui.roll.live_roll import RollPane
from gui.style.note_style import NoteInk
from gui.style.theme import DARK
from realtime.values.snapshot import RollNote, Snapshot

WIDTH, HEIGHT = 800, 300
RULER = 14
"""Height of the times, in pixels."""
LISTENING = Snapshot(state="listening", stream_s=10.0)
NOTES = [RollNote(index * 0.4, index * 0.4 + 0.3, 52 + index % 12, 90) for index in range(20)]


def drawn(strip: Backdrop, low: float, high: float, goal: tuple[float, float] | None) -> QImage:
    view = Viewport(float(WIDTH), float(HEIGHT), 8.0, low, high)
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    strip.draw(painter, NOTES, 10.0, view, NoteInk(DARK, "letters"), 1.0, goal=goal)
    painter.end()
    return image


def bright(image: QImage, top: int, bottom: int) -> set[tuple[int, int]]:
    """Pixels of the colour of the times, as bright as letters."""
    return {
        (x, y)
        for y in range(top, bottom)
        for x in range(0, WIDTH - 60)
        if image.pixelColor(x, y).lightness() > 110
    }


@pytest.mark.parametrize("goal", [(21.0, 108.0), (40.0, 95.0)])
def test_the_times_stand_still_while_the_range_opens(qapp, goal):
    strip = Backdrop()
    low, high = REST
    times = bright(drawn(strip, low, high, None), 0, RULER)
    assert len(times) > 100
    for part in (0.05, 0.3, 0.6, 0.9):
        at = (low + (goal[0] - low) * part, high + (goal[1] - high) * part)
        image = drawn(strip, *at, goal)
        assert len(times - bright(image, 0, RULER)) < 10, part
        below = bright(image, RULER + 2, RULER + 30)
        assert not below & {(x, y + 20) for x, y in times}, "no second row of times"


def test_the_rows_that_open_have_their_lines_of_time(qapp):
    strip = Backdrop()
    still = drawn(Backdrop(), 30.0, 100.0, None)
    drawn(strip, *REST, None)
    image = drawn(strip, 30.0, 100.0, (21.0, 108.0))
    for x in range(WIDTH):
        assert image.pixelColor(x, 40).lightness() == pytest.approx(
            still.pixelColor(x, 40).lightness(), abs=6
        ), x


def test_where_pictures_are_slow_the_range_arrives_at_once():
    smooth, slow = KeyRange(), KeyRange()
    for follower, step_s in ((smooth, 0.02), (slow, 0.3)):
        follower.update([60], 0.0)
        follower.update([24], step_s)
    assert slow.low == slow.goal[0] == smooth.goal[0]
    assert smooth.goal[0] < smooth.low < REST[0], EASE_S


def test_every_picture_of_a_glide_is_whole_and_stands_beside_its_keys(qtbot):
    """The whole pane at 60 pictures a second, while notes leap out of the range that is shown."""
    pane = RollPane()
    qtbot.addWidget(pane)
    pane.resize(900, 390)
    pane.show()
    gliding = 0
    for picture in range(90):
        now_s = 10 + picture / 60
        leap = [RollNote(11.0, 11.2, 28, 90), RollNote(11.1, 11.3, 100, 90)]
        notes = (*NOTES, *(note for note in leap if note.onset_s < now_s))
        pane.show_snapshot(replace(LISTENING, stream_s=now_s, notes=notes), 50 + picture / 60)
        low, high = pane.roll.viewport.low, pane.roll.viewport.high
        grey = pane.roll.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        ratio = grey.devicePixelRatio()
        pixels = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), -1)
        pixels = pixels[:, round(60 * ratio) : grey.width() - round(60 * ratio)].astype(int)
        assert (pixels[: round(RULER * ratio)] > 110).sum() > 100, (picture, "the times are there")
        rows = np.median(pixels, axis=1)
        for pitch in (60, 72):
            if low + 2 < pitch < high - 2:
                below_c = round(pane.roll.viewport.y(pitch - 1) * ratio)
                line = rows[below_c - 2 : below_c + 2].max()
                assert line > np.median(rows) + 2, (picture, pitch, "not where the keys have it")
        gliding += (low, high) != pane.range.goal
    assert gliding > 10, "most of this was a glide"
