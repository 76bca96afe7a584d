"""Files that break off are heard up to there, damaged ones beyond it, and that is said."""

from contextlib import closing

import av
import numpy as np
import pytest
import soundfile

import jtm
from realtime.audio.sources import FileSource
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble

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
    assert 0.3 * SECONDS < heard / RATE <= SECONDS + 0.01
    (trouble,) = told
    assert trouble.code in (Code.FILE_DAMAGED, Code.FILE_CUT_OFF, Code.FILE_HAS_HOLES)


def write(path, sound):
    """By libsndfile, or by PyAV where that does not know the suffix."""
    if path.suffix != ".m4a":
        soundfile.write(path, sound, RATE)
        return
    with av.open(path, "w") as container:
        stream = container.add_stream("aac", rate=RATE)
        for start in range(0, len(sound) - 1023, 1024):
            piece = sound[start : start + 1024].astype(np.float32)
            frame = av.AudioFrame.from_ndarray(piece[None], format="fltp", layout="mono")
            frame.sample_rate = RATE
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def lies_at(piece, sound) -> float:
    """Seconds at which a piece lies in a sound."""
    size = 1 << (len(sound) + len(piece)).bit_length()
    match = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(piece, size)))
    return int(np.argmax(match[: len(sound)])) / RATE


@pytest.mark.parametrize("suffix", ["flac", "mp3", "ogg", "m4a"])
def test_what_follows_the_damage_is_heard_in_its_place(tmp_path, suffix):
    """Chirps in noise, so that every moment is unlike every other."""
    at_s = np.arange(int(RATE * SECONDS)) / RATE
    chirps = np.sin(2 * np.pi * (200 * at_s + 180 * at_s**2))
    sound = 0.4 * chirps + np.random.default_rng(3).normal(0, 0.1, len(at_s))
    path = tmp_path / f"song.{suffix}"
    write(path, sound)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    hole = bytes(np.random.default_rng(5).integers(0, 256, 3000, dtype=np.uint8))
    content[middle : middle + len(hole)] = hole
    path.write_bytes(content)
    told, blocks = [], []
    with closing(FileSource(path, on_damage=told.append)) as source:
        while (block := source.read(RATE // 2)) is not None:
            blocks.append(block)
    heard = np.concatenate(blocks)
    (trouble,) = told
    assert trouble.code == Code.FILE_HAS_HOLES
    assert 0.2 * SECONDS < trouble.values["second"] < 0.8 * SECONDS
    before, after = int(0.1 * SECONDS * RATE), int(0.9 * SECONDS * RATE)
    early, late = (lies_at(sound[at : at + RATE // 4], heard) for at in (before, after))
    assert late - early == pytest.approx(0.8 * SECONDS, abs=0.05)


@pytest.mark.parametrize("suffix", ["flac", "mp3"])
def test_damage_of_which_nobody_is_told_is_an_error(damaged, suffix):
    with closing(FileSource(damaged(suffix))) as source, pytest.raises(UserError):
        while source.read(RATE // 2) is not None:
            pass


def test_a_damaged_recording_is_transcribed(damaged, toy_path, tmp_path, capfd):
    song, midi = damaged("flac"), tmp_path / "song.mid"
    assert jtm.main(["transcribe", str(song), "-o", str(midi), f"--model={toy_path}"]) == 0
    assert midi.read_bytes().startswith(b"MThd")
    said = capfd.readouterr().err
    assert "song.flac is damaged " in said or "song.flac is cut off" in said


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


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("tiny.mp3", b"\xff\xfb" * 4 + b"x", Code.SHORT_OR_DAMAGED),
        ("cut.m4a", b"\0\0\0\x20ftypM4A " + bytes(50), Code.SHORT_OR_DAMAGED),
        ("text.wav", b"hello world, this is text" * 4, Code.FORMAT_UNKNOWN),
    ],
)
def test_why_a_file_is_no_sound_is_known_by_the_numbers_that_libraries_give(
    tmp_path, name, content, code
):
    """Numbers of libsndfile and FFmpeg as they are installed here, not their English words."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        FileSource(path)
    assert caught.value.trouble == Trouble(Code.FILE_NOT_SOUND, path=path, reason=Trouble(code))
