from itertools import pairwise

from gui.controller.frame import Frame
from gui.controller.redraw_rate import AWAKE_S, RESTING_S, RedrawRate, is_quiet
from gui.widgets.level import LevelBallistics
from realtime.values.settings import EngineSettings
from realtime.values.snapshot import RollNote, Snapshot


def test_a_roll_is_quiet_once_its_notes_have_long_ended():
    ended, sounding = RollNote(1.0, 2.0, 60, 80), RollNote(3.0, None, 60, 80)
    assert is_quiet(Snapshot(stream_s=50.0))
    assert is_quiet(Snapshot(stream_s=12.1, notes=(ended,)))
    assert not is_quiet(Snapshot(stream_s=11.9, notes=(ended,)))
    assert not is_quiet(Snapshot(stream_s=50.0, notes=(ended, sounding)))


def test_a_quiet_window_draws_seldom_and_a_first_note_at_once(make_stage):
    stage = make_stage(score=(RollNote(5.0, None, 60, 80),))
    drawn = []
    stage.controller.frame.connect(lambda frame: drawn.append(frame.wall_s))
    for _ in range(250):
        stage.clock.now += 0.016
        stage.controller.on_time()
    assert len(drawn) < 70
    while stage.engine.snapshot().notes == ():
        stage.clock.now += 0.016
        stage.controller.on_time()
    stage.clock.now += 0.001
    stage.controller.on_time()
    assert drawn[-1] == stage.clock.now


def pictures(levels_db, step_s: float = 0.016) -> list[int]:
    """Indices of the snapshots that are drawn, one every step, with these levels in dB."""
    rest, meter, last, drawn = RedrawRate(), LevelBallistics(), None, []
    for index, level_db in enumerate(levels_db):
        wall_s = 100.0 + index * step_s
        snapshot = Snapshot(stream_s=wall_s, level_db=level_db, peak_db=level_db + 6.0)
        if rest.is_due(snapshot, last, wall_s):
            level = meter.update(snapshot.level_db, snapshot.peak_db, wall_s)
            last = Frame(snapshot, wall_s, level, None, EngineSettings())
            drawn.append(index)
    return drawn


def test_the_meter_wakes_with_the_first_picture_in_which_the_level_rises():
    silent, loud = [-80.0] * 100, [-30.0] + [-80.0] * 200
    for start in range(90, 100):
        drawn = pictures(silent[:start] + loud)
        assert start in drawn
        awake = int(AWAKE_S / 0.016)
        assert [index for index in drawn if start <= index <= start + awake] == list(
            range(start, start + awake + 1)
        )
        late = [index for index in drawn if index > start + awake + 5]
        assert min(b - a for a, b in pairwise(late)) * 0.016 >= RESTING_S


def test_the_noise_of_a_room_does_not_keep_it_awake():
    noise = [-52.0 + 2.0 * (index * 7 % 5 - 2) / 2 for index in range(600)]
    assert len(pictures(noise)) < 600 * 0.016 / RESTING_S + 2
    assert len(pictures([-95.0 + index % 30 for index in range(600)])) < 160, "below the meter"
