"""The strip is painted bit by bit; what is seen must be as if it were painted at once."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from gui.roll.backdrop import Backdrop
from gui.roll.geometry import Viewport
from gui.roll.live_roll import RollPane
from gui.roll.tiles import JoinedTiles
from gui.style.note_style import NoteInk
from gui.style.theme import DARK, LIGHT
from realtime.values.snapshot import RollNote, Snapshot

VIEW = Viewport(width=800.0, height=240.0, seconds=8.0, low=48.0, high=71.0)
NOTES = [RollNote(index * 0.37, index * 0.37 + 0.3, 50 + index % 20, 90) for index in range(80)]

SMOOTH = Qt.TransformationMode.SmoothTransformation
INKS: dict[str, NoteInk] = {}


def ink(theme) -> NoteInk:
    return INKS.setdefault(theme.name, NoteInk(theme, "letters"))


def picture(
    strip: Backdrop, now: float, view: Viewport = VIEW, theme=DARK, goal=None, known=None
) -> QImage:
    image = QImage(int(view.width), int(view.height), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    since = now - view.seconds
    notes = [n for n in NOTES if since < n.offset_s <= (now if known is None else known)]
    strip.draw(painter, notes, now, view, ink(theme), 1.0, goal=goal)
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
    strip = Backdrop()
    now = 0.0
    while now < last:
        now = round(now + 0.05, 2)
        image = picture(strip, now)
    assert difference(image, picture(Backdrop(), now)) <= 4


@pytest.mark.parametrize(
    ("view", "theme"),
    [
        (Viewport(800.0, 240.0, 4.0, 48.0, 71.0), DARK),
        (Viewport(800.0, 240.0, 8.0, 40.0, 90.0), DARK),
        (VIEW, LIGHT),
    ],
)
def test_zoom_and_theme_paint_anew(qapp, view, theme):
    strip = Backdrop()
    picture(strip, 12.0)
    fresh = picture(Backdrop(), 12.0, view, theme)
    assert difference(picture(strip, 12.0, view, theme), fresh) == 0
    assert difference(fresh, picture(Backdrop(), 12.0)) > 50


def test_looking_back_shows_what_was_played_then(qapp):
    strip = Backdrop()
    for step in range(200):
        picture(strip, 10.0 + 0.05 * step)
    for now in (15.0, 12.3, 9.1, 9.0, 14.0, 20.0):
        seen = picture(strip, now, known=20.0)
        assert difference(seen, picture(Backdrop(), now, known=20.0)) <= 4


def test_a_new_stream_starts_on_a_clean_strip(qtbot):
    notes = tuple(note for note in NOTES if note.offset_s <= 9.0)
    panes = [RollPane(), RollPane()]
    for pane in panes:
        qtbot.addWidget(pane)
        pane.resize(500, 240)
        pane.show()
    panes[0].show_snapshot(Snapshot("listening", stream_s=9.0, notes=notes), 100.0)
    busy = panes[0].grab().toImage()
    for pane in panes:
        pane.show_snapshot(Snapshot("listening", stream_s=0.1), 101.0)
        pane.range.set_keyboard("61")
        pane.range.jump_to_target()
        pane.show_snapshot(Snapshot("listening", stream_s=0.1), 101.01)
    after, fresh = (pane.grab().toImage() for pane in panes)
    assert difference(after, fresh) == 0
    assert difference(busy, fresh) > 50


@pytest.mark.parametrize("goal", [(40.0, 90.0), (55.0, 64.0), (52.0, 80.0)])
def test_a_glide_paints_a_tile_a_picture_and_ends_as_if_painted_at_once(qapp, goal):
    strip, steps = Backdrop(), 24
    picture(strip, 12.0)
    made: list[int] = []
    for step in range(1, steps + 1):
        part = step / steps
        low = VIEW.low + part * (goal[0] - VIEW.low)
        high = VIEW.high + part * (goal[1] - VIEW.high)
        view = Viewport(VIEW.width, VIEW.height, VIEW.seconds, low, high)
        before = counts(strip)
        image = picture(strip, 12.0 + step / 60, view, goal=goal)
        after = counts(strip)
        made.append(sum(after[key] - before.get(key, 0) for key in after))
        fresh = picture(Backdrop(), 12.0 + step / 60, view)
        if step > steps / 2:
            assert alike(image, fresh)
    while len(strip.tiles) > 1:
        picture(strip, 12.5, view)
    image = picture(strip, 12.5, view)
    assert max(made) <= 2
    assert sum(made) <= 2 * 5
    assert difference(image, picture(Backdrop(), 12.5, view)) <= 4


def counts(strip: Backdrop) -> dict[int, int]:
    return {id(tiles): tiles.painted for tiles in strip.tiles}


def alike(one: QImage, other: QImage) -> bool:
    """Whether two pictures are the same at a glance: a stretched one has other edges."""
    small = [image.scaled(100, 40, mode=SMOOTH) for image in (one, other)]
    pairs = [(x, y) for x in range(100) for y in range(40)]
    away = [
        abs(small[0].pixelColor(x, y).lightness() - small[1].pixelColor(x, y).lightness())
        for x, y in pairs
    ]
    return sum(away) / len(away) < 6


def test_the_drawn_moment_is_a_whole_pixel_close_by(qapp):
    strip, image = Backdrop(), QImage(800, 240, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    first = strip.draw(painter, (), 10.0, VIEW, ink(DARK), 1.0)
    drawn = strip.draw(painter, (), 10.0234, VIEW, ink(DARK), 1.0)
    painter.end()
    assert abs(drawn - 10.0234) <= 0.5 / VIEW.pixels_per_second
    assert (drawn - first) * VIEW.pixels_per_second == pytest.approx(2.0)


def test_joined_tiles_are_as_new_as_the_tiles_whoever_owns_them(qapp):
    def tile(colour: str) -> QPixmap:
        made = QPixmap(4, 3)
        made.fill(QColor(colour))
        return made

    def colours(owner, span) -> list[str]:
        shown, first = joined.show(owner, span, lambda index: tiles[index])
        image = shown.toImage()
        return [image.pixelColor(4 * (index - first) + 3, 2).name() for index in span]

    joined, red, blue = JoinedTiles(4, 3), "#ff0000", "#0000ff"
    tiles = {index: tile(red) for index in range(9)}
    assert colours("a", range(2, 5)) == [red] * 3
    tiles[4] = tile(blue)
    joined.change("b", 4)
    assert colours("a", range(2, 5)) == [red] * 3, "another's tile"
    joined.change("a", 4)
    assert colours("a", range(3, 6)) == [red, blue, red]
    assert colours("a", range(4, 8)) == [blue, red, red, red]
    assert colours("b", range(1, 2)) == [red]
