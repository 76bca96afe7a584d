"""Features from Python: what is promised of them, whatever goes in."""

import numpy as np
import pytest
import soxr
import torch

from realtime.troubles.errors import UserError
from tests.support.small_models import small_model
from trainer.features import extraction
from trainer.features.extraction import extract_features

RATE = 16_000


def music(seconds: float, seed: int = 0, rate: int = RATE) -> np.ndarray:
    """Two sliding tones over noise, float32 (samples,)."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate)) / rate
    sound = 0.3 * np.sin(2 * np.pi * (220 + 30 * time) * time) + 0.2 * np.sin(660 * time)
    return (sound + 0.01 * rng.standard_normal(len(time))).astype(np.float32)


def direct(model, sound: np.ndarray, layer: str = "context") -> np.ndarray:
    """The layer's output of one call of the network, over whole hops."""
    with torch.no_grad():
        heard = model.encode(torch.from_numpy(sound)[None], model.initial_state(1))
    return {"context": heard.context, "encoder": heard.frames}[layer][0].numpy()


@pytest.mark.parametrize("layer", ["context", "encoder"])
def test_features_are_the_network_s_own_output_however_long_the_recording(layer, monkeypatch):
    model, sound = small_model("sinc", "gru"), music(1.2)
    monkeypatch.setattr(extraction, "CHUNK_FRAMES", 7)
    (heard,) = extract_features(sound, RATE, model, layer=layer)
    assert heard.values.dtype == np.float32
    np.testing.assert_allclose(heard.values, direct(model, sound, layer), atol=1e-5)
    np.testing.assert_allclose(heard.times_s, 0.01 * np.arange(120))


def test_a_batch_of_recordings_of_any_length_comes_back_in_its_order():
    model = small_model("conv", "transformer")
    sounds = [music(0.5, 1), music(0.121, 2), music(0.9, 3), np.zeros(0, np.float32)]
    together = extract_features(sounds, RATE, model, batch_size=3)
    assert [len(one.times_s) for one in together] == [50, 13, 90, 0]
    for sound, one in zip(sounds[:3], together, strict=False):
        (alone,) = extract_features(sound, RATE, model)
        np.testing.assert_allclose(one.values, alone.values, atol=1e-5)
    assert together[3].values.shape == (0, together[0].values.shape[1])


def test_a_network_that_hears_the_future_is_not_told_of_silence_behind_shorter_recordings():
    model = small_model("conv", "gru", norm="instance")
    short, long = music(0.5, 1), music(0.9, 2)
    together = extract_features([short, long], RATE, model)
    np.testing.assert_allclose(together[0].values, direct(model, short), atol=1e-5)


def test_any_rate_any_channels_and_integers_are_the_same_sound():
    model = small_model("logmel", "lstm")
    sound = music(1.0, rate=44_100)
    (wanted,) = extract_features(soxr.resample(sound, 44_100, RATE), RATE, model)
    (mono,) = extract_features(sound, 44_100, model)
    (stereo,) = extract_features(np.stack([sound * 1.5, sound * 0.5], axis=1), 44_100, model)
    (whole,) = extract_features(np.round(sound * 32768).astype(np.int16), 44_100, model)
    assert len(wanted.times_s) == 100
    for other, tolerance in ((mono, 1e-5), (stereo, 1e-4), (whole, 2e-2)):
        np.testing.assert_allclose(other.values, wanted.values, atol=tolerance)


def test_pitches_are_pooled_or_kept_and_frames_averaged():
    model, sound = small_model(), music(0.35)
    context = direct(model, sound)
    (kept,) = extract_features(sound, RATE, model, pitches="keep", average=10)
    (pooled,) = extract_features(sound, RATE, model)
    assert kept.values.shape == (4, 88, model.context.width)
    np.testing.assert_allclose(kept.values[1], context[10:20].mean(axis=0), atol=1e-4)
    np.testing.assert_allclose(kept.values[3], context[30:].mean(axis=0), atol=1e-4)
    np.testing.assert_allclose(kept.times_s, [0.0, 0.1, 0.2, 0.3])
    both = np.concatenate([context.mean(axis=1), context.max(axis=1)], axis=-1)
    np.testing.assert_allclose(pooled.values, both, atol=1e-5)


def test_the_bundled_model_is_there_by_name():
    (heard,) = extract_features(music(0.1), RATE, layer="spectrum")
    assert heard.values.shape[0] == 10 and np.isfinite(heard.values).all()


def test_sound_that_lies_the_other_way_is_told_to_be_turned():
    with pytest.raises(ValueError, match=r"\(2, 16000\); if these are .*, give sound.T"):
        extract_features(np.zeros((2, 16_000), np.float32), 16_000)


@pytest.mark.parametrize(
    "sound",
    [
        np.full(1600, np.nan, np.float32),
        np.zeros((2, 16_000), np.float32),
        np.zeros((4, 4, 4), np.float32),
        np.zeros(1600, np.uint8),
        20_000.0 * music(0.1),  # floats on the scale of int16
        np.round(20_000 * music(0.1)).astype(np.int32),  # of a 65536th of its full scale
        np.round(20_000 * music(0.1)).astype(np.int64),
    ],
)
def test_what_is_no_sound_is_refused(sound):
    with pytest.raises(ValueError, match="a recording"):
        extract_features(sound, RATE, small_model("conv", "gru"))


def test_integers_of_any_full_scale_are_the_same_sound_and_loud_floats_are_heard():
    model, sound = small_model("conv", "gru"), np.round(32768 * music(0.1)).astype(np.int16)
    (wanted,) = extract_features(sound, RATE, model)
    wide = sound.astype(np.int32) << 16
    for other in (wide, sound / 32768):
        (heard,) = extract_features(other, RATE, model)
        np.testing.assert_allclose(heard.values, wanted.values, atol=1e-5)
    quiet = np.sign(sound).astype(np.int32) << 8  # the last bit of 24
    for other in (4 * music(0.1), quiet, np.zeros(1600, np.int32)):
        assert len(extract_features(other, RATE, model)[0].values) == 10


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"layer": "contex"}, "layer 'contex'; choose context, encoder or spectrum"),
        ({"layer": None}, "layer None; choose context"),
        ({"pitches": "mean"}, "pitches 'mean'; choose pool or keep"),
        ({"average": 0}, "average 0; give a whole number from 1"),
        ({"average": 2.5}, "average 2.5; give a whole number from 1"),
        ({"batch_size": -1}, "batch_size -1; give a whole number from 1"),
        ({"rate": 0}, "rate 0; give a number of Hz from 1000"),
        ({"rate": 44.1}, "rate 44.1; give a number of Hz"),
        ({"rate": float("nan")}, "rate nan; give a number of Hz"),
    ],
)
def test_an_argument_that_is_none_of_its_choices_is_refused_with_them(wrong, told):
    with pytest.raises(UserError, match=told):
        extract_features(music(0.1), **({"rate": RATE, "model": small_model()} | wrong))


def test_what_a_network_or_a_machine_lacks_is_said():
    with pytest.raises(UserError, match="no spectrum"):
        extract_features(music(0.1), RATE, small_model("conv", "gru"), layer="spectrum")
    with pytest.raises(UserError, match="--device nonsense is not to be had here"):
        extract_features(music(0.1), RATE, small_model("conv", "gru"), device="nonsense")
