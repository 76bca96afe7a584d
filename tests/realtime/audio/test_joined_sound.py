"""A file of several sounds in a row is heard to its end; a channel of a file is that channel."""

import os

import numpy as np
import pytest
import soundfile

from realtime.audio.joined_sound import open_sound, part_begins
from realtime.audio.sources import FileSource
from realtime.troubles.errors import UserError

RATE = 44_100
KINDS = [("WAV", "PCM_16"), ("AIFF", "PCM_16"), ("FLAC", "PCM_16"), ("OGG", "VORBIS"),
         ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III")]  # fmt: skip


def tone(hertz, seconds=1.0, rate=RATE):
    return 0.3 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)


def written(path, sound, kind, subtype, rate=RATE):
    rate = 48_000 if subtype == "OPUS" else rate
    soundfile.write(path, sound, rate, subtype, format=kind)
    return path.read_bytes()


def heard(path):
    source = FileSource(path)
    blocks = []
    while (block := source.read(5_000)) is not None:
        blocks.append(block)
    source.close()
    return np.concatenate(blocks), source.rate


def main_hertz(sound, rate):
    return float(np.argmax(np.abs(np.fft.rfft(sound))) * rate / len(sound))


@pytest.mark.parametrize(("kind", "subtype"), KINDS)
@pytest.mark.parametrize("stereo", [False, True])
def test_two_files_in_a_row(tmp_path, kind, subtype, stereo):
    first, second = tone(440), tone(880)
    if stereo:
        first, second = np.stack([first, first], 1), np.stack([second, second], 1)
    one, two = tmp_path / "one", tmp_path / "two"
    joined = tmp_path / "joined"
    a, b = written(one, first, kind, subtype), written(two, second, kind, subtype)
    joined.write_bytes(a + b)
    assert part_begins(one) == [0] and part_begins(joined) == [0, len(a)]
    alone, rate = heard(one)
    both, _ = heard(joined)
    assert len(both) == pytest.approx(2 * len(alone), rel=0.02)
    half = len(both) // 2
    assert main_hertz(both[:half], rate) == pytest.approx(440 * rate / RATE, abs=5)
    assert main_hertz(both[half:], rate) == pytest.approx(880 * rate / RATE, abs=5)


def test_three_parts_and_other_channels(tmp_path):
    parts = [tone(440), np.stack([tone(660), tone(660)], 1), tone(880)]
    path = tmp_path / "joined"
    path.write_bytes(
        b"".join(
            written(tmp_path / str(n), p, "MP3", "MPEG_LAYER_III") for n, p in enumerate(parts)
        )
    )
    sound, rate = heard(path)
    assert len(sound) / rate == pytest.approx(3.0, abs=0.1)


def test_parts_of_two_rates_are_refused_in_words(tmp_path):
    path = tmp_path / "joined.wav"
    first = written(tmp_path / "a", tone(440), "WAV", "PCM_16")
    path.write_bytes(first + written(tmp_path / "b", tone(440), "WAV", "PCM_16", 48_000))
    with pytest.raises(UserError, match="44100, 48000 Hz"):
        FileSource(path)


def test_a_channel_of_a_file(tmp_path):
    path = tmp_path / "both.wav"
    soundfile.write(path, np.stack([tone(440), -tone(440)], 1), RATE, "FLOAT")
    for channel, sign in ((0, 1), (1, 1), (2, -1)):  # 0: their mix is silent, so one is heard
        block = FileSource(path, channel).read(1_000)
        assert np.abs(block - sign * tone(440)[:1_000]).max() < 1e-6
    with pytest.raises(UserError, match="no channel 3"):
        FileSource(path, 3)


@pytest.mark.parametrize("head", [b"\xff", b"\xff\xfb", b"ID3", b"RIFF", b"FORM", b"fLaC", b"OggS"])
def test_a_file_that_ends_within_its_head_is_refused_in_words(tmp_path, head):
    for length in range(1, len(head) + 1):
        path = tmp_path / f"{length}.wav"
        path.write_bytes(head[:length])
        assert part_begins(path) == [0]
        with pytest.raises(UserError, match=path.name):
            FileSource(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names")
@pytest.mark.parametrize("name", ["pipe.wav", "zero.wav"])
def test_pipes_and_devices_are_no_sound(tmp_path, name):
    """Whoever opens a pipe waits for its other end, perhaps for ever."""
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "zero.wav").symlink_to("/dev/zero")
    with pytest.raises(OSError, match="pipe or a device"):
        open_sound(tmp_path / name)
    with pytest.raises(UserError, match=f"{name}.*pipe or a device"):
        FileSource(tmp_path / name)
