from gui.widgets.level import CLIP_STAYS_S, LevelBallistics, position


def test_meter_scale():
    assert position(0.0) == 1.0
    assert position(-60.0) == 0.0
    assert position(-200.0) == 0.0
    assert position(12.0) == 1.0


def test_the_bar_rises_at_once_and_falls_slowly():
    level = LevelBallistics()
    assert level.update(-12.0, -6.0, 1.0).bar == position(-12.0)
    assert level.update(-120.0, -120.0, 1.1).bar == position(-14.4)


def test_the_peak_waits_then_falls():
    level = LevelBallistics()
    level.update(-12.0, -6.0, 1.0)
    assert level.update(-60.0, -60.0, 2.0).peak == position(-6.0)
    assert level.update(-60.0, -60.0, 3.0).peak < position(-6.0)


def test_a_clip_stays_lit_for_a_while():
    level = LevelBallistics()
    assert level.update(-3.0, 0.0, 1.0).clipped
    assert level.update(-60.0, -60.0, 1.0 + CLIP_STAYS_S - 0.1).clipped
    assert not level.update(-60.0, -60.0, 1.0 + CLIP_STAYS_S + 0.1).clipped


def test_silence_is_counted_from_the_last_sound():
    level = LevelBallistics()
    level.update(-120.0, -120.0, 1.0)
    assert level.silent_for(1.0) == 0.0
    level.update(-120.0, -120.0, 7.0)
    assert level.silent_for(7.0) == 6.0
    level.update(-70.0, -65.0, 8.0)
    assert level.silent_for(8.0) == 0.0
