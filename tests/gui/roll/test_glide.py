"""While the range of keys glides, the times stay where they are and no part is bare."""

import pytest
from PySide6.QtGui import QImage, QPainter

from gui.roll.backdrop import Backdrop
from gui.roll.geometry import Viewport
from gui.roll.key_range import EASE_S, REST, KeyRange
from gui.style.note_style import NoteInk
from gui.style.theme import DARK
from realtime.values.snapshot import RollNote

WIDTH, HEIGHT = 800, 300
RULER = 14
"""Height of the times, in pixels."""
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
