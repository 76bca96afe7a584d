"""The engine refuses settings that are out of range, and goes on with those it had."""

from dataclasses import replace

import pytest

from realtime.engine.build import apply_settings, build_engine
from realtime.troubles.errors import UserError
from realtime.values.settings import EngineSettings

WRONG = [
    ({"channel": 0}, "--channel cannot be 0; it may be 1 to 16"),
    ({"transpose": 99}, "--transpose cannot be 99; it may be -48 to 48"),
    ({"count_in": 5}, "--count-in cannot be 5; it may be 0 to 4"),
    ({"lowest_pitch": 72, "highest_pitch": 60}, "--lowest-pitch"),
    ({"velocity_min": 100, "velocity_max": 20}, "--velocity-min"),
    ({"pitch_bend": "all"}, "--pitch-bend cannot be 'all'; it may be off, single"),
]


@pytest.mark.parametrize(("wrong", "sentence"), WRONG)
def test_no_engine_is_built_of_settings_out_of_range(wrong, sentence, toy_path, melodies):
    settings = EngineSettings(model=str(toy_path), input=str(melodies[16_000]))
    with pytest.raises(UserError, match=sentence):
        build_engine(replace(settings, **wrong), fast=True)


def test_a_running_engine_keeps_what_it_had(toy_path, melodies, tmp_path):
    settings = EngineSettings(
        model=str(toy_path), input=str(melodies[16_000]), record=str(tmp_path)
    )
    engine = build_engine(settings, fast=True)
    try:
        for wrong, sentence in WRONG:
            with pytest.raises(UserError, match=sentence):
                apply_settings(engine, replace(settings, **wrong))
            assert engine.settings == settings
        apply_settings(engine, replace(settings, channel=16))
        assert engine.settings.channel == 16
    finally:
        engine.close()


def test_what_changed_is_named():
    before = EngineSettings(channel=2)
    assert replace(before, channel=3, a4_hz=442.0).changed_since(before) == {"channel", "a4_hz"}
    assert before.changed_since(before) == frozenset()
