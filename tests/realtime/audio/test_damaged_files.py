"""Files that break off or are damaged in the middle are heard up to there, and that is said."""

from contextlib import closing

import numpy as np
import pytest
import soundfile

import jtm
from realtime.audio.sources import FileSource
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError

RATE, SECONDS = 16000, 8.0


def break_off(content: bytes) -> bytes:
    return content[: len(content) // 2]


def wipe_the_middle(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes(4000) + content[middle + 4000 :]


def lose_a_piece(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + content[middle + 3000 :]


@pytest.fixture(params=[break_off, wipe_the_middle, lose_a_piece])
def damaged(request, tmp_path):
    """A function: suffix -> a noisy file of that kind that is damaged at its middle."""

    def make(suffix):
        noise = np.random.default_rng(3).normal(0, 0.1, int(RATE * SECONDS))
        path = tmp_path / f"song.{suffix}"
        soundfile.write(path, noise, RATE)
        path.write_bytes(request.param(path.read_bytes()))
        return path

    return make


@pytest.mark.parametrize("suffix", ["flac", "mp3"])
def test_sound_is_read_up_to_the_damage_which_is_told_once(damaged, suffix):
    told = []
    with closing(FileSource(damaged(suffix), on_damage=told.append)) as source:
        heard = 0
        while (block := source.read(RATE // 2)) is not None:
            heard += len(block)
        assert source.read(RATE) is None
    assert 0.3 * SECONDS < heard / RATE < 0.99 * SECONDS
    (trouble,) = told
    assert trouble.code in (Code.FILE_DAMAGED, Code.FILE_CUT_OFF)


@pytest.mark.parametrize("suffix", ["flac", "mp3"])
def test_damage_of_which_nobody_is_told_is_an_error(damaged, suffix):
    with closing(FileSource(damaged(suffix))) as source, pytest.raises(UserError):
        while source.read(RATE // 2) is not None:
            pass


def test_a_damaged_recording_is_transcribed_up_to_the_damage(damaged, tmp_path, capfd):
    song, midi = damaged("flac"), tmp_path / "song.mid"
    assert jtm.main(["transcribe", str(song), "-o", str(midi)]) == 0
    assert midi.read_bytes().startswith(b"MThd")
    said = capfd.readouterr().err
    assert "song.flac is damaged after" in said or "song.flac is cut off" in said


@pytest.mark.parametrize("suffix", ["mp3", "flac", "ogg", "wav"])
def test_small_reads_give_the_sound_of_large_ones(tmp_path, suffix):
    rate = 48_000
    tone = 0.4 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)
    path = tmp_path / f"tone.{suffix}"
    soundfile.write(path, np.stack([tone, tone], axis=1), rate)
    with closing(FileSource(path)) as source:
        blocks = []
        while (block := source.read(480)) is not None:
            blocks.append(block)
    heard = np.concatenate(blocks)[rate // 4 : rate // 2]
    assert max(map(len, blocks)) <= 480
    assert np.sqrt(np.mean(heard**2)) == pytest.approx(0.4 / np.sqrt(2), rel=0.05)
