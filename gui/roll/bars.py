"""Bars and beats under the notes, where a take has a click or keeps a beat."""

import math

from PySide6.QtGui import QColor, QPainter, QPen

from gui.roll.geometry import Viewport
from gui.style.note_style import NoteInk, font
from gui.style.theme import TYPE, mix
from realtime.files.click import Click

LEAST_BEAT_PX = 14.0
"""Beats that lie closer than this are not drawn, only bars."""
LEAST_LABEL_PX = 44.0
"""Room that the number of a bar needs; where bars are closer only every second, fourth, ... has
one."""


def draw_bars(
    painter: QPainter, viewport: Viewport, end_s: float, beats: Click, ink: NoteInk
) -> None:
    """Draw a strong line for each bar and a weak one for each beat; `end_s` is the right edge."""
    theme = ink.theme
    strong = QPen(QColor(mix(theme.dim, theme.window, 0.55)))
    weak = QPen(QColor(theme.line))
    wide = viewport.pixels_per_second * 60 / beats.bpm
    every = 1 if wide >= LEAST_BEAT_PX else beats.beats
    if wide * every < LEAST_BEAT_PX / 2:
        return
    for index in _beats_in_view(viewport, end_s, beats):
        if index % every == 0:
            x = round(viewport.x(beats.first_beat_s + index * 60 / beats.bpm, end_s))
            painter.setPen(strong if index % beats.beats == 0 else weak)
            painter.drawLine(x, 0, x, round(viewport.height))


def draw_bar_numbers(
    painter: QPainter, viewport: Viewport, end_s: float, beats: Click, ink: NoteInk
) -> None:
    """Write the numbers of bars at the upper edge; the bar of the first beat is 1."""
    bar_px = viewport.pixels_per_second * beats.bar_s
    every = 2 ** max(math.ceil(math.log2(LEAST_LABEL_PX / bar_px)), 0)
    painter.setFont(font(TYPE.tiny, bold=True))
    painter.setPen(QColor(ink.theme.dim))
    for index in _beats_in_view(viewport, end_s, beats):
        bar, beat = divmod(index, beats.beats)
        if beat == 0 and bar >= 0 and bar % every == 0:
            x = round(viewport.x(beats.first_beat_s + index * 60 / beats.bpm, end_s))
            painter.drawText(x + 4, TYPE.tiny + 3, str(bar + 1))


def _beats_in_view(viewport: Viewport, end_s: float, beats: Click) -> range:
    """Numbers of the beats in view and of one bar before; 0 is the first beat of the click."""
    beat_s = 60 / beats.bpm
    start_s = max(end_s - viewport.seconds - beats.bar_s, 0.0)
    first = math.ceil((start_s - beats.first_beat_s) / beat_s - 1e-9)
    return range(first, math.floor((end_s - beats.first_beat_s) / beat_s) + 1)
