"""Training hears voice memos and films as everything else does."""

import numpy as np
import pytest

from tests.realtime.audio.test_container_sound import RATE, write
from trainer.shards.decoding import decode
from trainer.shards.index import stated_seconds


def test_a_voice_memo_is_decoded_like_any_file(tmp_path):
    write(tmp_path / "memo.m4a", "m4a")
    found = decode(tmp_path / "memo.m4a")
    assert found.rate == RATE and found.frames == found.stated_frames
    assert found.seconds == pytest.approx(1.2, abs=0.03)
    assert stated_seconds(tmp_path / "memo.m4a") == pytest.approx(1.2, abs=0.03)
    gap = found.pcm[8200:9400]  # 0.51 to 0.59 s
    assert np.abs(gap).max() < 0.05 * np.abs(found.pcm).max()
