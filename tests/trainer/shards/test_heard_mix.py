"""The doctor looks at the mono mix that training hears, and believes no estimated length."""

import contextlib

import numpy as np
import pytest
import soundfile as sf

from realtime.audio.sources import FileSource
from realtime.troubles.errors import UserError
from tests.support import corpus_trees as trees
from trainer.datasets.recordings import Recording
from trainer.shards.decoding import decode
from trainer.shards.health.recordings import examine

TONE = 0.5 * np.sin(2 * np.pi * 440 * np.arange(44_100) / 44_100)
OTHER = 0.5 * np.sin(2 * np.pi * 554 * np.arange(44_100) / 44_100)


@pytest.mark.parametrize(
    ("right", "kinds"),
    [
        (-TONE, ["channels cancel"]),
        (-0.9 * TONE, ["channels cancel"]),
        (TONE, []),
        (OTHER, []),
        (0 * TONE, []),
    ],
)
def test_channels_that_cancel_are_a_fault(right, kinds, tmp_path):
    sf.write(tmp_path / "a.wav", np.stack([TONE, right], 1), 44_100)
    examined = examine(Recording("a", "audio", tmp_path / "a.wav"))
    assert [fault.kind for fault in examined.faults] == kinds


@pytest.mark.parametrize(
    ("turned", "kinds"), [(0.5, ["channels cancel"]), (0.25, ["channels cancel"]), (0.05, [])]
)
def test_channels_that_cancel_for_a_while_are_a_fault_from_a_tenth_on(turned, kinds, tmp_path):
    left = np.tile(TONE, 20)
    right = np.where(np.arange(len(left)) < turned * len(left), -left, left)
    sf.write(tmp_path / "a.wav", np.stack([left, right], 1), 44_100)
    (*faults,) = examine(Recording("a", "audio", tmp_path / "a.wav")).faults
    assert [fault.kind for fault in faults] == kinds
    assert not kinds or f"in {20 * turned:.0f} of 20 s" in faults[0].detail


@pytest.mark.parametrize("rates", ["CONSTANT", "VARIABLE"])
def test_an_mp3_without_a_length_tag_is_whole(rates, tmp_path):
    path = tmp_path / "a.mp3"
    words = {"bitrate_mode": rates, "compression_level": 0.9}
    sf.write(path, np.tile(TONE, 5), 44_100, format="MP3", **words)
    data = path.read_bytes()
    tag = max(data.find(b"Xing"), data.find(b"Info"))
    path.write_bytes(data[data.index(data[:2], tag) :])  # that frame held the tag alone
    assert sf.info(path).frames != 5 * 44_100, "the length is no guess"
    heard = decode(path)
    source = FileSource(path)
    while source.read(10_000) is not None:
        pass
    assert source.frames_read == heard.frames
    source.close()
    examined = examine(Recording("a", "audio", path))
    assert heard.seconds == pytest.approx(5, abs=0.1) and examined.usable, examined.faults


def test_a_wav_that_is_cut_short_is_still_named(tmp_path):
    path = trees.write_tone(tmp_path / "a.wav")
    path.write_bytes(path.read_bytes()[:-20_000])
    assert [f.kind for f in examine(Recording("a", "audio", path)).faults] == ["wrong length"]


def test_a_decoder_s_own_words_do_not_reach_the_screen(tmp_path, capfd):
    path = tmp_path / "a.mp3"
    sf.write(path, np.tile(TONE, 5), 44_100, format="MP3")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = np.random.default_rng(1).bytes(3000)
    path.write_bytes(data)
    with contextlib.suppress(UserError):
        decode(path)
    assert capfd.readouterr() == ("", "")
