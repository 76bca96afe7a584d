"""What the model hears of the replay set is kept for later lessons, in less room than it takes."""

import numpy as np
import pytest

from realtime.teach.examples import Examples
from realtime.teach.music import replay_cache
from realtime.teach.music.replay_cache import from_bytes, keep_examples, read_examples, to_bytes

WIDTH, LOOKS = 8, 5


def heard(rows, seed):
    rng = np.random.default_rng(seed)
    scale = np.geomspace(0.01, 40, WIDTH)
    return Examples(
        (scale * rng.standard_normal((rows, WIDTH))).astype(np.float16),
        rng.integers(0, 101, (rows, 3, LOOKS)).astype(np.uint8),
        rng.uniform(1, 20, rows).astype(np.float32),
        np.sort(rng.integers(0, 500, rows)).astype(np.int32),
        rng.integers(0, 88, rows).astype(np.int16),
        500 + seed,
    )


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setattr(replay_cache, "SPARE_BYTES", 0)
    return tmp_path / "replay" / "mine.npz"


def test_what_is_kept_comes_back_within_half_a_step(path):
    clips = [heard(rows, seed) for seed, rows in enumerate((300, 0, 41))]
    keep_examples(path, clips)
    found = read_examples(path, 3)
    for one, clip in zip(found, clips, strict=True):
        assert one.hops == clip.hops and one.features.dtype == np.float16
        for name in ("targets", "weight", "frame", "row"):
            assert np.array_equal(getattr(one, name), getattr(clip, name))
        if len(clip.row):
            off = np.abs(one.features.astype(np.float32) - clip.features.astype(np.float32))
            reach = np.ptp(clip.features.astype(np.float32), axis=0)
            assert (off.max(axis=0) <= 0.503 * reach / 255 + 2e-3 * reach).all()
    assert read_examples(path, 2) is None


def test_a_feature_that_never_changes_stays_what_it_is():
    flat = np.full((5, WIDTH), 1.5, np.float16)
    assert np.array_equal(from_bytes(*to_bytes(flat)), flat)


def test_it_takes_less_than_half_of_the_room(path):
    clips = [heard(2000, seed) for seed in range(2)]
    whole = sum(clip.features.nbytes for clip in clips)
    targets = sum(clip.targets.nbytes + 10 * len(clip.row) for clip in clips)
    keep_examples(path, clips)
    assert path.stat().st_size < 0.5 * whole + targets


@pytest.mark.parametrize("damage", ["cut", "flipped", "other", "empty"])
def test_a_damaged_file_is_no_cache(path, damage):
    keep_examples(path, [heard(300, 0)])
    content = path.read_bytes()
    middle = len(content) // 3
    path.write_bytes(
        {
            "cut": content[:middle],
            "flipped": content[:middle] + bytes(64) + content[middle + 64 :],
            "other": b"PK" + bytes(200),
            "empty": b"",
        }[damage]
    )
    assert read_examples(path, 1) is None


def test_another_models_is_replaced(path):
    keep_examples(path.with_name("older.npz"), [heard(30, 0)])
    keep_examples(path, [heard(30, 1)])
    assert [one.name for one in path.parent.iterdir()] == [path.name]
