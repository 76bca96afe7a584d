"""The redraw rate: when the next picture is due, seldom while nothing happens."""

from gui.controller.frame import Frame
from gui.widgets.level import position
from realtime.values.snapshot import Snapshot

RESTING_S = 0.066
"""Seconds between two pictures of a roll on which nothing has happened for `QUIET_S`."""
QUIET_S = 10.0
RISE = 0.1
"""Part of the meter by which the level must rise to wake it: 6 dB."""
AWAKE_S = 1.5
"""Seconds for which every picture is drawn after such a rise: until the meter has fallen again."""


class RedrawRate:
    """Decides when the next picture is due: at once while notes sound, 15 a second otherwise."""

    def __init__(self) -> None:
        self._woken_at = -AWAKE_S

    def is_due(self, snapshot: Snapshot, last: Frame | None, wall_s: float) -> bool:
        """Whether to draw this snapshot at `wall_s`, after the picture `last`.

        A first note is drawn at once, and so is a level that rises clearly above what the meter
        shows; from then on every picture for `AWAKE_S` seconds.
        """
        if last is None:
            return True
        if position(snapshot.level_db) > last.level.bar + RISE:
            self._woken_at = wall_s
        awake = wall_s - self._woken_at < AWAKE_S
        return awake or wall_s - last.wall_s >= RESTING_S or not is_quiet(snapshot)


def is_quiet(snapshot: Snapshot) -> bool:
    """Whether no note has sounded for a while."""
    since = snapshot.stream_s - QUIET_S
    return all(note.offset_s is not None and note.offset_s < since for note in snapshot.notes)
