"""Sound in files that libsndfile does not know: voice memos, films, old telephones."""

from fractions import Fraction

import av
import numpy as np
import pytest

from realtime.audio.container_sound import ContainerSound, MendedSound, is_container
from realtime.audio.joined_sound import open_sound
from realtime.audio.sources import FileSource
from realtime.troubles.errors import UserError

RATE = 48_000
KINDS = {
    "m4a": ("aac", "ipod", 2),
    "mp4": ("aac", "mp4", 2),
    "mov": ("pcm_s16le", "mov", 2),
    "webm": ("libopus", "webm", 2),
    "mkv": ("flac", "matroska", 1),
    "wma": ("wmav2", "asf", 2),
    "aac": ("aac", "adts", 2),
    "wv": ("wavpack", "wv", 1),
}


def chirp(seconds: float) -> np.ndarray:
    """A tone that climbs, with a gap of silence from 0.5 to 0.6 s, float32 (n,)."""
    time = np.arange(round(seconds * RATE)) / RATE
    sound = 0.4 * np.sin(2 * np.pi * (300 + 200 * time) * time)
    sound[(time >= 0.5) & (time < 0.6)] = 0
    return sound.astype(np.float32)


def write(path, kind: str, seconds: float = 1.2, video: bool = False) -> np.ndarray:
    """Encode the chirp; the sound that was written."""
    codec, form, channels = KINDS[kind]
    sound = chirp(seconds)
    with av.open(str(path), "w", format=form) as container:
        if video:
            picture = container.add_stream("mpeg4", rate=10)
            picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        layout = "stereo" if channels == 2 else "mono"
        stream = container.add_stream(codec, rate=RATE, layout=layout)
        stream.bit_rate = 128_000
        if video:
            for _ in range(round(10 * seconds)):
                container.mux(picture.encode(av.VideoFrame(64, 48, "yuv420p")))
            container.mux(picture.encode(None))
        samples = np.repeat(sound[None], channels, axis=0)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", layout)
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        resampler = av.AudioResampler(stream.format, layout, RATE, stream.frame_size or 1024)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return sound


def delay_of(heard: np.ndarray, wanted: np.ndarray) -> int:
    """Samples by which one lies behind the other, within a tenth of a second."""
    reach = RATE // 10
    size = 1 << (len(heard) + len(wanted)).bit_length()
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size))
    likeness = np.fft.irfft(spectrum)
    return int(np.concatenate([likeness[-reach:], likeness[:reach]]).argmax()) - reach


@pytest.mark.parametrize("kind", KINDS)
def test_the_sound_is_heard_whole_and_in_its_place(kind, tmp_path):
    path = tmp_path / f"memo.{kind}"
    sound = write(path, kind)
    assert is_container(path)
    source = FileSource(path)
    assert (source.rate, source.channels) == (RATE, KINDS[kind][2])
    pieces = []
    while (block := source.read(5000)) is not None:
        pieces.append(block)
    source.close()
    heard = np.concatenate(pieces)
    # these two cannot say what their encoder put before the sound, or left out
    slack = 3000 if kind in ("aac", "wma") else RATE // 1000
    assert -slack <= len(heard) - len(sound) <= 5000  # an encoder fills its last block
    late = delay_of(heard, sound)
    assert abs(late) <= slack
    heard, sound = heard[max(late, 0) :], sound[max(-late, 0) :]
    common = min(len(heard), len(sound))
    error = heard[:common] - sound[:common]
    assert np.sqrt(np.mean(error**2)) < 0.05


def test_a_film_gives_its_sound_and_one_without_any_says_so(tmp_path):
    write(tmp_path / "film.mp4", "mp4", video=True)
    source = FileSource(tmp_path / "film.mp4")
    assert source.duration_s == pytest.approx(1.2, abs=0.1)
    source.close()
    with av.open(str(tmp_path / "silent.mp4"), "w") as container:
        picture = container.add_stream("mpeg4", rate=10)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        container.mux(picture.encode(av.VideoFrame(64, 48, "yuv420p")))
        container.mux(picture.encode(None))
    with pytest.raises(UserError, match="there is no sound in it"):
        FileSource(tmp_path / "silent.mp4")


def test_sound_that_changes_its_channels_and_rate_goes_on_as_it_began(tmp_path):
    """A radio's stream changes its format so, and so do two recordings joined as bytes."""
    kinds = [("mono", 48_000), ("stereo", 44_100), ("mono", 48_000)]
    for number, (layout, rate) in enumerate(kinds):
        with av.open(str(tmp_path / f"{number}.aac"), "w", format="adts") as container:
            stream = container.add_stream("aac", rate=rate, layout=layout)
            samples = np.tile(chirp(1.2)[None, :rate], (stream.layout.nb_channels, 1))
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
            resampler = av.AudioResampler(stream.format, layout, rate, 1024)
            for part in [*resampler.resample(frame), *resampler.resample(None)]:
                container.mux(stream.encode(part))
            container.mux(stream.encode(None))
    joined = tmp_path / "joined.aac"
    joined.write_bytes(b"".join((tmp_path / f"{n}.aac").read_bytes() for n in range(len(kinds))))
    for kind in (ContainerSound, MendedSound):
        with kind(joined) as file:
            heard = file.read()
            assert (file.samplerate, file.channels) == (48_000, 1) == (48_000, heard.shape[1])
        assert len(heard) / 48_000 == pytest.approx(3.0, abs=0.2)
        parts = [heard[round(at * RATE) : round((at + 0.8) * RATE)] for at in (0.1, 1.15, 2.2)]
        assert all(0.2 < np.sqrt(np.mean(part**2)) < 0.4 for part in parts)


def test_sound_of_an_unknown_kind_is_refused_in_a_sentence(tmp_path):
    write(tmp_path / "memo.webm", "webm")
    data = (tmp_path / "memo.webm").read_bytes()
    assert data.count(b"A_OPUS") == 1
    (tmp_path / "later.webm").write_bytes(data.replace(b"A_OPUS", b"A_OPUZ"))
    with pytest.raises(UserError, match="nothing here can decode"):
        FileSource(tmp_path / "later.webm")


def test_any_name_and_any_suffix(tmp_path):
    path = tmp_path / "Gr\u00fc\u00dfe \u266b %20 http:x.wav"
    write(path, "m4a")
    with ContainerSound(path) as file:
        assert len(file.read(100)) == 100 and file.channels == 2
    open_sound(path).close()


def test_damaged_and_cut_files_are_one_sentence(tmp_path):
    write(tmp_path / "whole.webm", "webm", seconds=4)
    data = (tmp_path / "whole.webm").read_bytes()
    (tmp_path / "cut.webm").write_bytes(data[: len(data) // 2])
    source = FileSource(tmp_path / "cut.webm")
    with pytest.raises(UserError, match=r"cut\.webm"):
        while source.read(48_000) is not None:
            pass
    source.close()
    (tmp_path / "head.m4a").write_bytes(b"\0\0\0\x1cftypM4A " + bytes(200))
    with pytest.raises(UserError, match=r"head\.m4a"):
        FileSource(tmp_path / "head.m4a")


def test_a_playlist_inside_opens_nothing(tmp_path):
    secret = tmp_path / "secret.m4a"
    write(secret, "m4a")
    path = tmp_path / "list.m4a"
    path.write_text(f"#EXTM3U\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n")
    with pytest.raises(UserError):
        FileSource(path)
    with pytest.raises(OSError):
        ContainerSound(path)
