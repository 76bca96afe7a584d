"""The line of the true pitch goes over notes and leaves their names free."""

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from gui.roll.geometry import Viewport
from gui.roll.painting import draw_notes, name_areas
from gui.roll.pitch_line import draw_pitch_line
from gui.style.note_style import NoteInk
from gui.style.theme import DARK, LIGHT
from realtime.values.snapshot import RollNote

END_S = 4.0
NOTE = RollNote(1.0, 3.5, 69, 90)


def picture(ink, view, with_line):
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    boxes = view.boxes([NOTE], END_S)
    draw_notes(painter, boxes, ink, view.row)
    if with_line:
        points = [(1.0 + n / 30, 69.0) for n in range(75)]
        draw_pitch_line(painter, view, END_S, points, ink, boxes)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(300, 400, 4)
    return pixels[..., :3].astype(int).copy()


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_the_line_leaves_the_name_as_it_is_and_is_seen_behind_it(qapp, theme):
    ink, view = NoteInk(theme, "letters"), Viewport(400.0, 300.0, END_S, 60.0, 79.0)
    (name,) = name_areas(view.boxes([NOTE], END_S), ink, view.row)
    changed = np.abs(picture(ink, view, True) - picture(ink, view, False)).sum(axis=2) > 0
    area = name.toAlignedRect()
    assert not changed[area.top() : area.bottom() + 1, area.left() : area.right() + 1].any()
    middle = round(view.y(69) + view.row / 2)
    assert changed[middle, area.right() + 8 : 340].all()


@pytest.mark.parametrize(("step", "joined"), [(1.5, True), (7.0, False)])
def test_a_slide_is_joined_and_another_note_is_not(qapp, step, joined):
    """Two steady pitches a thirtieth of a second apart; a leap is no slide."""
    ink, view = NoteInk(DARK, "letters"), Viewport(400.0, 300.0, END_S, 60.0, 79.0)
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    points = [(1.0 + n / 30, 64.0 if n < 30 else 64.0 + step) for n in range(60)]
    draw_pitch_line(painter, view, END_S, points, ink, [])
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(300, 400, 4)[..., :3]
    between = round(view.y(64.0 + step / 2) + view.row / 2)
    assert pixels[between].any() == joined
