"""The click that a take was played to: its tempo, its metre and where its first beat lies."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from realtime.values.given_file import require_file
from realtime.values.notes import Note

HEAD_BYTES = 1024
"""The click stands among the first messages of a .mid."""
AT_ONCE_S = 0.001
"""A note so little before the beat is on it."""
_TEXT = re.compile(
    rb"Click: (\d+(?:\.\d+)?) beats a minute, (\d+) a bar, first beat at (\d+\.\d+) s"
)


CLICK = -1
"""Stands for the pitch of what is no note but a click."""


@dataclass(frozen=True, slots=True)
class Click:
    """What a click track needs to line up with a take."""

    bpm: float
    beats: int
    """Beats of a bar, at least 1."""
    first_beat_s: float
    """When the first beat of a bar was played (not sent), in seconds of the take, 0 or later."""

    @property
    def bar_s(self) -> float:
        """Length of a bar in seconds."""
        return 60 / self.bpm * self.beats

    def text(self) -> str:
        """Describe the click as a .mid names it."""
        return (
            f"Click: {self.bpm:g} beats a minute, {self.beats} a bar, "
            f"first beat at {self.first_beat_s:.6f} s"
        )

    def shift_s(self, notes: Sequence[Note]) -> float:
        """What to add to every time so that bars begin at bar lines.

        The first beat becomes the start; where notes come before it, also a moment before, as
        many bars as they need go ahead of it.
        """
        first_s = min((note.onset_s for note in notes), default=self.first_beat_s)
        before_s = self.first_beat_s - first_s
        bars = math.ceil(before_s / self.bar_s) if before_s > AT_ONCE_S else 0
        return bars * self.bar_s - self.first_beat_s


def read_click(midi: Path) -> Click | None:
    """The click that a .mid of ours names; None where it names none or cannot be read."""
    try:
        require_file(midi)
        with midi.open("rb") as file:
            found = _TEXT.search(file.read(HEAD_BYTES))
    except OSError:
        return None
    if found is None:
        return None
    bpm, beats, first_s = float(found[1]), int(found[2]), float(found[3])
    return Click(bpm, beats, first_s) if 1 <= bpm <= 1000 and 1 <= beats <= 64 else None


def on_bars(notes: Sequence[Note], click: Click) -> tuple[list[Note], Click]:
    """The notes moved as a whole so that the bars of the click are bars; nothing else changes.

    Returns:
        The notes, and the click as it lies among them now.
    """
    shift_s = click.shift_s(notes)
    moved = [
        replace(note, onset_s=note.onset_s + shift_s, offset_s=note.offset_s + shift_s)
        for note in notes
    ]
    return moved, replace(click, first_beat_s=max(0.0, click.first_beat_s + shift_s))
