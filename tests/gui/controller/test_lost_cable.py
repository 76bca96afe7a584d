"""A cable that was out is no busy computer, and an input that is gone has no level."""

import pytest

from gui.controller.frame_builder import FrameBuilder
from realtime.values.settings import EngineSettings
from realtime.values.snapshot import RollNote, Snapshot

SETTINGS = EngineSettings()
NOTE = (RollNote(0.1, 0.5, 60, 80),)


def pictures(*moments):
    """Titles of notices, level and loss, of (seconds, state, seconds lost) one after the other."""
    watch, found = FrameBuilder(), []
    for wall_s, state, lost_s in moments:
        snapshot = Snapshot(state=state, lost_s=lost_s, level_db=-12.0, peak_db=-6.0, notes=NOTE)
        frame = watch.frame(snapshot, SETTINGS, wall_s)
        titles = [notice.title for notice in frame.notices]
        found.append((titles, frame.level, frame.snapshot.lost_s))
    return found


def test_what_never_came_is_not_blamed_on_the_computer():
    *_, back, later = pictures(
        (100.0, "listening", 0.0),
        (101.0, "no-input", 0.0),
        (109.4, "no-input", 0.0),
        (110.0, "listening", 9.4),
        (130.0, "listening", 9.4),
    )
    for titles, _, lost_s in (back, later):
        assert "Some audio was lost" not in titles
        assert lost_s == 0.0


def test_what_a_busy_computer_loses_is_still_said():
    *_, busy = pictures(
        (100.0, "listening", 0.0),
        (101.0, "no-input", 0.0),
        (102.0, "listening", 1.0),
        (120.0, "listening", 1.0),
        (121.0, "listening", 1.25),
    )
    assert "Some audio was lost" in busy[0]
    assert busy[2] == pytest.approx(0.25)


def test_another_engine_counts_anew():
    *_, fresh = pictures(
        (101.0, "no-input", 0.0),
        (102.0, "listening", 5.0),
        (120.0, "listening", 0.0),
        (121.0, "listening", 0.5),
    )
    assert fresh[2] == pytest.approx(0.5) and "Some audio was lost" in fresh[0]


def test_the_meter_sleeps_at_once_while_the_input_is_gone():
    loud, gone, back = pictures(
        (100.0, "listening", 0.0), (100.05, "no-input", 0.0), (100.1, "listening", 0.0)
    )
    assert loud[1].bar > 0.5 and back[1].bar > 0.5
    assert (gone[1].bar, gone[1].peak, gone[1].clipped) == (0.0, 0.0, False)
