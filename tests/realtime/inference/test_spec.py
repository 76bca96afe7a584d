import json
from dataclasses import replace

import pytest

from realtime.inference.spec import DecoderSettings, ModelSpec
from realtime.troubles.errors import UserError
from realtime.values.strictness import Strictness
from tests.support.toy_model import SPEC

NO_WINDOW = {"gathered_threshold": 0.5, "gathered_frames": 0}


def test_round_trip():
    assert ModelSpec.from_json(SPEC.to_json()) == SPEC
    strict = replace(SPEC, practice=Strictness(played=-2.5, extra=3.0))
    assert ModelSpec.from_json(strict.to_json()) == strict


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"format": "other"}, "not one of"),
        ({"version": 99}, "version 99"),
        ({"sample_rate": 1}, "out of range"),
        ({"pitch_low": 100}, "MIDI 0-127"),
        ({"heads": []}, "look-ahead"),
        ({"default_head": 7}, "look-ahead"),
        ({"heads": [{"look_ahead_frames": 9999, "decoder": {}}]}, "0-200"),
        ({"heads": [{"look_ahead_frames": 4, "decoder": NO_WINDOW}]}, "gathered_frames"),
        ({"refine": {"decoder": NO_WINDOW}}, "gathered_frames"),
        ({"colour": "red"}, "cannot be read"),
        ({"state": 5}, "cannot be read"),
        ({"practice": {"played": "much"}}, "cannot be read"),
        ({"practice": {"window_s": -1.0}}, "cannot be read"),
        ({"practice": {"colour": 1.0}}, "cannot be read"),
    ],
)
def test_what_is_wrong_is_refused_in_words(change, word):
    text = json.dumps({**json.loads(SPEC.to_json()), **change})
    with pytest.raises(UserError, match=word):
        ModelSpec.from_json(text)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "{", "5"])
def test_junk_is_refused(text):
    with pytest.raises(UserError):
        ModelSpec.from_json(text)


def test_look_ahead_is_chosen_by_milliseconds():
    assert SPEC.head_for(None) == 0
    assert SPEC.head_for(40) == 0
    assert SPEC.head_for(79) == 0
    assert SPEC.head_for(80) == 1
    with pytest.raises(UserError, match="choose one of 40, 80 ms"):
        SPEC.head_for(10)


def test_other_thresholds():
    decoder = DecoderSettings(onset_threshold=0.11)
    assert SPEC.with_decoder(1, decoder).heads[1].decoder == decoder
    assert SPEC.with_decoder(1, decoder).heads[0] == SPEC.heads[0]
