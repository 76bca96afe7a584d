"""The strip is painted bit by bit; what is seen must be as if it were painted at once."""

import pytest
from PySide6.QtGui import QImage, QPainter

from gui.ink import NoteInk
from gui.roll_geometry import Viewport
from gui.roll_strip import RollStrip
from gui.theme import DARK, LIGHT
from realtime.snapshot import RollNote

VIEW = Viewport(width=800.0, height=240.0, seconds=8.0, low=48.0, high=71.0)
NOTES = [RollNote(index * 0.37, index * 0.37 + 0.3, 50 + index % 20, 90) for index in range(80)]

INKS: dict[str, NoteInk] = {}


def ink(theme) -> NoteInk:
    return INKS.setdefault(theme.name, NoteInk(theme, "letters"))


def picture(strip: RollStrip, now: float, view: Viewport = VIEW, theme=DARK) -> QImage:
    image = QImage(int(view.width), int(view.height), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    notes = [note for note in NOTES if note.offset_s <= now]
    strip.draw(painter, notes, now, view, ink(theme), 1.0)
    painter.end()
    return image


def difference(one: QImage, other: QImage) -> int:
    """Count of clearly different pixels among a sample."""
    return sum(
        abs(one.pixelColor(x, y).lightness() - other.pixelColor(x, y).lightness()) > 24
        for x in range(0, one.width(), 4)
        for y in range(1, one.height(), 5)
    )


@pytest.mark.parametrize("last", [4.0, 15.0, 27.0])
def test_bit_by_bit_looks_like_at_once(qapp, last):
    strip = RollStrip()
    now = 0.0
    while now < last:
        now = round(now + 0.05, 2)
        image = picture(strip, now)
    assert difference(image, picture(RollStrip(), now)) <= 4


@pytest.mark.parametrize(
    ("view", "theme"),
    [
        (Viewport(800.0, 240.0, 4.0, 48.0, 71.0), DARK),
        (Viewport(800.0, 240.0, 8.0, 40.0, 90.0), DARK),
        (VIEW, LIGHT),
    ],
)
def test_zoom_and_theme_paint_anew(qapp, view, theme):
    strip = RollStrip()
    picture(strip, 12.0)
    fresh = picture(RollStrip(), 12.0, view, theme)
    assert difference(picture(strip, 12.0, view, theme), fresh) == 0
    assert difference(fresh, picture(RollStrip(), 12.0)) > 50


def test_a_new_stream_starts_on_a_clean_strip(qapp):
    strip = RollStrip()
    picture(strip, 25.0)
    assert difference(picture(strip, 0.2), picture(RollStrip(), 0.2)) == 0


def test_the_drawn_moment_is_a_whole_pixel_close_by(qapp):
    strip, image = RollStrip(), QImage(800, 240, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    first = strip.draw(painter, (), 10.0, VIEW, ink(DARK), 1.0)
    drawn = strip.draw(painter, (), 10.0234, VIEW, ink(DARK), 1.0)
    painter.end()
    assert abs(drawn - 10.0234) <= 0.5 / VIEW.pixels_per_second
    assert (drawn - first) * VIEW.pixels_per_second == pytest.approx(2.0)
