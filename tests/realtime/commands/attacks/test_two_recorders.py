"""The yardstick of long takes: how much of one is, to the bit, in another recording."""

import numpy as np
import soundfile

from benchmarks.live.soak_live import RATE, compare_sound


def test_a_server_that_was_away_costs_only_what_it_lost(tmp_path):
    """The take keeps time with silence for 10 s; the other recorder has nothing of them."""
    rng = np.random.default_rng(3)
    stereo = rng.integers(-8000, 8000, (RATE * 30, 2), dtype=np.int16)
    (tmp_path / "other.raw").write_bytes(stereo.tobytes())
    mono = stereo.astype(np.float64).mean(axis=1) / 2**15
    begun, away = RATE // 3, RATE * 10
    take = np.concatenate([mono[begun : begun + 7 * RATE], np.zeros(away), mono[8 * RATE :]])
    soundfile.write(tmp_path / "take.flac", take, RATE, "PCM_24")
    found = compare_sound(tmp_path / "take.flac", tmp_path / "other.raw", reach_s=20)
    assert found["silent_s"] == 10 and found["shifts"] <= 3
    assert found["equal_s"] >= 25 and found["unequal_s"] <= 3, found


def test_a_take_that_begins_late_is_found_by_what_little_sounds_in_a_second(tmp_path):
    """A busy machine starts the program half a minute late, and its server gives crumbs."""
    rng = np.random.default_rng(5)
    stereo = rng.integers(-8000, 8000, (RATE * 40, 2), dtype=np.int16)
    for second in range(40):
        stereo[second * RATE + RATE // 10 : (second + 1) * RATE] = 0
    (tmp_path / "other.raw").write_bytes(stereo.tobytes())
    take = stereo.astype(np.float64).mean(axis=1)[30 * RATE + 100 :] / 2**15
    soundfile.write(tmp_path / "take.flac", take, RATE, "PCM_24")
    found = compare_sound(tmp_path / "take.flac", tmp_path / "other.raw", reach_s=35)
    assert found == {"equal_s": 9, "silent_s": 0, "unequal_s": 0, "shifts": 1}
