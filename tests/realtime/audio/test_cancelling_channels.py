"""A sound file whose channels cancel in their mix is heard by one of them."""

import numpy as np
import pytest
import soundfile as sf

from realtime.audio.sources import FileSource

RATE = 16_000
TONE = (0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)).astype(np.float32)
OTHER = (0.5 * np.sin(2 * np.pi * 554 * np.arange(RATE) / RATE)).astype(np.float32)


def heard(path, channel: int = 0) -> np.ndarray:
    source, blocks = FileSource(path, channel), []
    while (block := source.read(1000)) is not None:
        blocks.append(block)
    source.close()
    return np.concatenate(blocks)


@pytest.mark.parametrize("silence_s", [0, 40])
@pytest.mark.parametrize(
    ("right", "wanted"),
    [
        (-TONE, TONE),
        (-0.95 * TONE, TONE),
        (TONE, TONE),
        (OTHER, (TONE + OTHER) / 2),
        (0 * TONE, TONE / 2),
    ],
)
def test_channels_that_cancel_are_not_mixed(right, wanted, silence_s, tmp_path):
    before = np.zeros((silence_s * RATE, 2), np.float32)
    sound = np.concatenate([before, np.stack([TONE, right], 1)])
    sf.write(tmp_path / "a.wav", sound, RATE, subtype="FLOAT")
    found = heard(tmp_path / "a.wav")
    assert found[silence_s * RATE :] == pytest.approx(wanted, abs=1e-6)
    assert len(found) == len(sound)


def test_a_channel_that_was_asked_for_is_that_one(tmp_path):
    sf.write(tmp_path / "a.wav", np.stack([TONE, -TONE], 1), RATE, subtype="FLOAT")
    assert heard(tmp_path / "a.wav", 2) == pytest.approx(-TONE, abs=1e-6)
