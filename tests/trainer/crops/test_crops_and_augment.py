"""Crops repeat exactly; augmentation damages the sound and leaves the labels true."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from realtime.troubles.errors import UserError
from tests.support.tiny_music import write_tiny_shards
from trainer.crops.augment import AugmentSettings, Responses, damage, draw_pitch_shift, shift_pitch
from trainer.crops.batches import Draws
from trainer.crops.labelled import CropSettings, LabelledCrops
from trainer.shards.shards import Shards

PLAIN = AugmentSettings(
    detune_cents=0,
    transpose_chance=0,
    room_chance=0,
    device_chance=0,
    equalizer_chance=0,
    noise_chance=0,
    hum_chance=0,
    click_chance=0,
    drive_chance=0,
)
EVERYTHING = AugmentSettings(
    room_chance=1,
    device_chance=1,
    equalizer_chance=1,
    noise_chance=1,
    hum_chance=1,
    click_chance=1,
    drive_chance=1,
)


@pytest.fixture(scope="module")
def crops(tmp_path_factory) -> LabelledCrops:
    shards = Shards(write_tiny_shards(tmp_path_factory.mktemp("shards"), clips=3))
    return LabelledCrops(shards, CropSettings(seconds=2.0), Responses("", 16_000), Draws(5, 2))


def responses_of(*rooms: np.ndarray) -> Responses:
    responses = Responses("", 16_000)
    responses.rooms = list(rooms)
    responses.devices = list(rooms)
    return responses


def test_a_crop_depends_on_its_number_only(crops):
    again = LabelledCrops(crops.shards, crops.settings, crops.responses, Draws(5, 2))
    for one, other in zip(crops.draw(17), again.draw(17), strict=True):
        assert torch.equal(one, other)
    assert not torch.equal(crops.draw(17)[0], crops.draw(18)[0])


def test_batches_of_two_devices_are_those_of_one(crops):
    alone = iter(crops)
    wanted = [next(alone)[0] for _ in range(4)]
    pair = []
    for device in (0, 1):
        share = LabelledCrops(crops.shards, crops.settings, crops.responses, Draws(5, 2))
        share.device, share.devices = device, 2
        pair.append(iter(share))
    found = [next(lane)[0] for _ in range(2) for lane in pair]
    for one, other in zip(wanted, found, strict=True):
        assert torch.equal(one, other)


def test_shapes_and_ranges(crops):
    audio, onset, frame, offset, velocity = crops.draw(3)
    assert audio.shape == (32_000,) and audio.abs().max() <= 1.0
    for roll in (onset, frame, offset, velocity):
        assert roll.shape == (200, 88) and roll.min() >= 0 and roll.max() <= 1
    assert onset.sum() > 0


@pytest.mark.parametrize("seed", range(6))
def test_damage_leaves_an_attack_where_it_was(seed):
    rng = np.random.default_rng(seed)
    time = np.arange(16_000) / 16_000
    tone = np.where(time >= 0.5, np.sin(2 * np.pi * 600 * time), 0).astype(np.float32)
    room = np.exp(-np.arange(3000) / 600) * rng.standard_normal(3000) * 0.3
    room[0] = 1.0
    quiet = replace(PLAIN, room_chance=1, equalizer_chance=1, quietest_db=-3)
    out = damage(tone, rng, quiet, responses_of(room.astype(np.float32)), 16_000)
    loud = np.flatnonzero(np.abs(out) > 0.1 * np.abs(out).max())
    assert abs(loud[0] - 8000) < 48


def test_damage_is_finite_and_within_range_for_odd_sounds():
    responses = responses_of(np.ones(10, np.float32))
    for sound in (np.zeros(8000), np.ones(8000), 1e-20 * np.ones(8000)):
        rng = np.random.default_rng(0)
        out = damage(sound.astype(np.float32), rng, EVERYTHING, responses, 16_000)
        assert out.dtype == np.float32 and out.shape == (8000,)
        assert np.isfinite(out).all() and np.abs(out).max() <= 1.0 + 1e-6


def test_no_chance_means_no_damage_but_level():
    tone = np.sin(np.arange(8000) * 0.3).astype(np.float32)
    out = damage(tone, np.random.default_rng(0), PLAIN, responses_of(), 16_000)
    assert np.corrcoef(out, tone)[0, 1] > 0.9999


def test_shifting_up_moves_pitch_and_time_together():
    time = np.arange(32_000) / 16_000
    ratio = 2 ** (3 / 12)
    shifted = shift_pitch(np.sin(2 * np.pi * 440 * time).astype(np.float32), ratio)
    assert len(shifted) == pytest.approx(32_000 / ratio, abs=2)
    spectrum = np.abs(np.fft.rfft(shifted * np.hanning(len(shifted))))
    peak = spectrum.argmax() * 16_000 / len(shifted)
    assert peak == pytest.approx(440 * ratio, rel=0.002)


def test_drawn_shift_and_label_agree():
    for seed in range(50):
        semitones, ratio = draw_pitch_shift(np.random.default_rng(seed), AugmentSettings())
        assert abs(1200 * np.log2(ratio) - 100 * semitones) <= 40 + 1e-6


def test_a_folder_without_index_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"index\.csv"):
        Responses(str(tmp_path), 16_000)
