"""Sound of files that libsndfile does not know (m4a, mp4, mov, webm, wma, amr, ...), through PyAV.

What a file is, is told by its first bytes and not by its name, so that what is damaged is still
called by what it is.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from realtime.audio.read_errors import why_undecoded
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.arrays import Floats

STARTS = (
    b"\x1aE\xdf\xa3",  # Matroska, WebM
    b"0&\xb2u\x8ef\xcf\x11",  # ASF: wma, wmv
    b"#!AMR",
    b"\xff\xf1",  # AAC as it is streamed, with and without checksums
    b"\xff\xf9",
    b"\xff\xf0",
    b"\xff\xf8",
    b"MAC ",  # Monkey's Audio
    b"wvpk",  # WavPack
    b"ADIF",
    b"FLV\x01",
)
BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
"""First boxes of MPEG-4 and QuickTime files, after their length."""
UNCOUNTED = ("aac", "amr", "mpegts", "flv", "mp3")
"""Formats that do not say how long they are; what their length is guessed to be is not held
against them."""
MOVED_S = 0.01
"""Sound that lies so much later than what came before it has something missing in between."""
SLACK_S = 0.25
"""Seconds by which a length may be stated too long: encoders fill their last block."""


LENGTH_TAGS = (b"Xing", b"Info", b"VBRI")
"""What the first frame of an MP3 holds where it states the length."""
FIRST_FRAME = 64
"""Bytes that suffice for header, side information and tag."""


def is_container(path: Path) -> bool:
    """Whether a file begins like one that PyAV is for.

    Raises:
        OSError: if it cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(12)
    moving = head[:4] == b"RIFF" and head[8:] == b"AVI "
    return head.startswith(STARTS) or head[4:8] in BOXES or moving


def guesses_length(path: Path) -> bool:
    """Whether a file is an MP3 without a tag that states its length.

    libsndfile guesses that length from the first frame, and reads no further: of one with a varying
    bit rate it would lose the rest, of others it promises more than there is.

    Raises:
        OSError: if it cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(10)
        if head[:3] == b"ID3":
            size = sum(
                (byte & 0x7F) << shift
                for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=False)
            )
            file.seek(10 + size)
        else:
            file.seek(0)
        first = file.read(FIRST_FRAME)
    synchronised = first[:1] == b"\xff" and len(first) > 1 and first[1] & 0xE6 == 0xE2
    return synchronised and not any(tag in first for tag in LENGTH_TAGS)


class ContainerSound:
    """Reads like a `soundfile.SoundFile`: the first sound in the file, float32.

    Args:
        path: of the file.

    Raises:
        OSError: if there is no sound in it that can be decoded, or PyAV is not installed.
    """

    def __init__(self, path: Path) -> None:
        try:
            import av
        except ImportError as error:
            raise OSError(Trouble(Code.DECODER_MISSING)) from error
        self._error: Any = av.FFmpegError
        self._raw = path.open("rb")
        try:
            # A playlist inside must not make other files or addresses be opened.
            self._container: Any = av.open(
                self._raw, options={"protocol_whitelist": "none"}, metadata_errors="ignore"
            )
            streams = self._container.streams.audio
            if not streams:
                raise OSError(Trouble(Code.NOTHING_TO_HEAR))
            known = [stream for stream in streams if stream.codec_context is not None]
            if not known:
                raise OSError(Trouble(Code.NO_DECODER))
            self._stream = known[0]
            self._even = EvenFrames(av.AudioResampler)
            self._blocks = self._decode()
            self._left: Floats = next(self._blocks, np.zeros((0, 1), np.float32))
        except BaseException as error:
            self._raw.close()
            if isinstance(error, av.FFmpegError):
                raise OSError(why_undecoded(error)) from error
            raise
        self.samplerate, self.channels = self._rate, self._left.shape[1]
        self.frames = max(self._stated_frames(), len(self._left))
        """Length that the file states, or that is guessed from its size."""

    def __enter__(self) -> "ContainerSound":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, frames: int = -1, dtype: str = "float32", always_2d: bool = True) -> Floats:
        """The next samples (n, channels), fewer only at the end; all that is left for -1.

        Raises:
            OSError: where the file is damaged.
        """
        pieces, missing = [self._left], (frames - len(self._left) if frames >= 0 else 1)
        while missing > 0:
            try:
                block = next(self._blocks, None)
            except self._error as error:
                raise OSError(why_undecoded(error)) from error
            if block is None:
                break
            pieces.append(block)
            missing -= len(block) if frames >= 0 else 0
        whole = np.concatenate(pieces)
        split = len(whole) if frames < 0 else min(frames, len(whole))
        self._left = whole[split:]
        return whole[:split]

    def cut_off(self, read: int) -> bool:
        """Whether a file of which so many frames could be read states that it is longer."""
        if self._container.format.name in UNCOUNTED:
            return False
        return read < self._stated_frames() - SLACK_S * self.samplerate

    def close(self) -> None:
        """Close the file. May be called twice."""
        self._container.close()
        self._raw.close()

    def _stated_frames(self) -> int:
        stream, rate = self._stream, self._rate
        if stream.duration and stream.time_base:
            return int(stream.duration * stream.time_base * rate)
        return int((self._container.duration or 0) * rate / 1e6)

    def _decode(self) -> Iterator[Floats]:
        """Blocks (n, channels) as they are decoded."""
        self._rate = int(self._stream.rate)
        for frame in self._container.decode(self._stream):
            yield from self._made_even(frame)
        yield from self._made_even(None)

    def _made_even(self, frame: Any) -> Iterator[Floats]:
        for block in self._even.take(frame):
            self._rate = self._even.rate
            yield block


class EvenFrames:
    """Gives every frame the rate and the channels of the first: a stream may change both.

    Args:
        make_resampler: `av.AudioResampler`.
    """

    def __init__(self, make_resampler: Callable[..., Any]) -> None:
        self._make = make_resampler
        self._resampler: Any = None
        self._kind: tuple[str, str, int] | None = None
        self._layout: Any = None
        self.rate = 0
        """Samples a second, known once a frame came."""

    def take(self, frame: Any) -> Iterator[Floats]:
        """Blocks (n, channels) that are ready now; None instead of a frame ends the stream."""
        if frame is None:
            yield from self._given(None)
            return
        kind = frame.format.name, frame.layout.name, frame.sample_rate
        if kind != self._kind:
            yield from self._given(None)
            self._layout, self.rate = self._layout or frame.layout, self.rate or frame.sample_rate
            self._kind = kind
            self._resampler = self._make(format="fltp", layout=self._layout, rate=self.rate)
        yield from self._given(frame)

    def _given(self, frame: Any) -> Iterator[Floats]:
        for even in self._resampler.resample(frame) if self._resampler else ():
            yield np.ascontiguousarray(even.to_ndarray().T, dtype=np.float32)


class MendedSound(ContainerSound):
    """Reads a damaged file to its end: what cannot be decoded is silence, the rest in its place.

    Most kinds state the place of every packet. In an MP3 it is counted: what lies between two
    frames and is none takes the time that so many bytes take at the mean bit rate.
    """

    def __init__(self, path: Path) -> None:
        self.damaged_s: float | None = None
        """Second from which on something is missing for the first time, None for nothing so far."""
        self.missing_s = 0.0
        """Seconds that are silence now."""
        self._passed_s = 0.0
        """Length of what was passed over and is not counted in the places of packets."""
        super().__init__(path)

    def skip(self, frames: int) -> None:
        """Pass over so many samples, which were heard before."""
        while frames > 0 and len(block := self.read(min(frames, 1 << 16))):
            frames -= len(block)

    def _decode(self) -> Iterator[Floats]:
        self._rate = int(self._stream.rate)
        given, channels, origin_s = 0, 0, None
        for frame in self._decoded():
            if frame is None:
                self._note(given)
                continue
            if frame.pts is not None:
                at_s = float(frame.pts * frame.time_base) + self._passed_s
                origin_s = at_s if origin_s is None else origin_s
                missing = round((at_s - origin_s) * self._rate) - given
                if missing > MOVED_S * self._rate:
                    self._note(given)
                    self.missing_s += missing / self._rate
                    given += missing
                    yield np.zeros((missing, channels or frame.layout.nb_channels), np.float32)
            for block in self._made_even(frame):
                given, channels = given + len(block), block.shape[1]
                yield block
        yield from self._made_even(None)

    def cut_off(self, read: int) -> bool:
        """Whether less than the stated length could be read; damage is known, so any counts."""
        return read < self._stated_frames() - SLACK_S * self.samplerate

    def _note(self, given: int) -> None:
        if self.damaged_s is None:
            self.damaged_s = given / self._rate

    def _decoded(self) -> Iterator[Any]:
        """Frames of all packets; None for one that cannot be decoded."""
        packets = self._container.demux(self._stream)
        counted = self._container.format.name == "mp3" and self._container.bit_rate
        packet: Any = None
        while True:
            try:
                packet = next(packets, None)
                frames = [] if packet is None else packet.decode()
            except self._error:
                if counted and packet is not None:
                    stated_s = float((packet.duration or 0) * packet.time_base)
                    lasts_s = packet.size * 8 / self._container.bit_rate
                    self._passed_s += max(lasts_s - stated_s, 0.0)
                yield None
                continue
            if packet is None:
                return
            yield from frames
