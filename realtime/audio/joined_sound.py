"""Opens sound files of any name, and hears those that are several in a row to their end.

Recorders that append, and `cat a.mp3 b.mp3`, make files of which libsndfile reads the first part
and stops, as the first header says. The parts are found by their own headers and read in turn.
"""

import mmap
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from realtime.audio.container_sound import ContainerSound, MendedSound, guesses_length, is_container
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.arrays import Floats
from realtime.values.given_file import library_name, require_file

_FLAC = re.compile(rb"fLaC[\x00\x80]\x00\x00\x22", re.DOTALL)
"""The mark of a stream and the head of its first block, which is always 34 bytes long."""
_MP3_INFO = re.compile(rb"(?:Xing|Info)\x00\x00\x00[\x00-\x0f]", re.DOTALL)
_MP3_INFO_PLACES = (36, 21, 13)
"""Bytes from the start of an MP3's first frame to its count of frames, by version and channels."""
_BEGINS = 2
"""Flag of an Ogg page that begins a stream."""


def open_sound(path: Path) -> Any:
    """A `soundfile.SoundFile`, or what reads like one: of several parts, or of another kind.

    Raises:
        soundfile.LibsndfileError, OSError: if it cannot be read.
    """
    import soundfile

    require_file(path)
    if is_container(path):
        return ContainerSound(path)
    begins = part_begins(path)
    if len(begins) > 1:
        return JoinedSound(path, begins)
    if guesses_length(path):
        return ContainerSound(path)
    if loses_sync(path):
        with suppress(OSError):
            return MendedSound(path)
    return soundfile.SoundFile(library_name(path))


def part_begins(path: Path) -> list[int]:
    """Positions, in bytes, at which a part of the file begins; 0 alone for an ordinary file."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return [0, *(begin for begin in _later_parts(data) if begin > 0)]
    except (OSError, ValueError):
        return [0]


def loses_sync(path: Path) -> bool:
    """Whether an MP3's frames or an Ogg's pages do not follow each other up to the end.

    libsndfile would go on behind the damage as if nothing were missing, with all that follows too
    early.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            head = data[:4]
            if head == b"OggS":
                return _torn_pages(data)
            if head[:3] == b"ID3" or (head[:1] == b"\xff" and head[1:2] >= b"\xe0"):
                return _torn_frames(data)
    except (OSError, ValueError):
        pass
    return False


def _torn_pages(data: mmap.mmap) -> bool:
    place = 0
    while place + 27 <= len(data):
        count = data[place + 26]
        end = place + 27 + count + sum(data[place + 27 : place + 27 + count])
        if data[place : place + 4] != b"OggS":
            return b"OggS" in data[place:]
        if end > len(data):
            return False  # it breaks off
        page = bytearray(data[place:end])
        stated = int.from_bytes(page[22:26], "little")
        page[22:26] = b"\0\0\0\0"
        if stated != _ogg_checksum(page):
            return True
        place = end
    return False


_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def _ogg_checksum(page: bytearray) -> int:
    """CRC-32 of RFC 3533: zlib's polynomial, but with bits in their order and begun at 0."""
    mirrored = zlib.crc32(page.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)


_KBPS = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
"""Bit rates of layer III by their index, for MPEG 1 and for MPEG 2 and 2.5."""
_MP3_RATES = (44_100, 48_000, 32_000)


def _torn_frames(data: mmap.mmap) -> bool:
    place = _behind_tag(data, 0)
    while place + 4 <= len(data):
        size = _frame_size(data[place : place + 4])
        if size == 0 and data[place : place + 3] == b"ID3":
            place = _behind_tag(data, place)
        elif size == 0:
            return _frame_follows(data, place)
        else:
            place += size
    return False


def _behind_tag(data: mmap.mmap, place: int) -> int:
    if data[place : place + 3] != b"ID3" or place + 10 > len(data):
        return place
    size = sum(
        (byte & 0x7F) << shift
        for byte, shift in zip(data[place + 6 : place + 10], (21, 14, 7, 0), strict=True)
    )
    return place + 10 + size


def _frame_follows(data: mmap.mmap, place: int) -> bool:
    """Whether three frames follow each other somewhere behind a place that is none."""
    while (place := data.find(b"\xff", place + 1)) >= 0:
        at = place
        for _ in range(3):
            size = _frame_size(data[at : at + 4])
            at += size
            if size == 0 or at > len(data):
                break
        else:
            return True
    return False


def _frame_size(head: bytes) -> int:
    """Bytes of the layer III frame that begins so; 0 where none does."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, rate = head[1] >> 3 & 3, head[2] >> 2 & 3
    kbps = head[2] >> 4
    if version == 1 or rate == 3 or kbps in (0, 15):
        return 0
    older = version == 3  # MPEG 1: frames of 1152 samples at the full rates
    hertz = _MP3_RATES[rate] // (1 if older else 2 if version == 2 else 4)
    return (144 if older else 72) * 1000 * _KBPS[not older][kbps] // hertz + (head[2] >> 1 & 1)


def _later_parts(data: mmap.mmap) -> Iterator[int]:
    head = data[:4]
    if head in (b"RIFF", b"FORM"):
        yield from _later_chunks(data, head)
    elif head == b"fLaC":
        yield from (found.start() for found in _FLAC.finditer(data, 1))
    elif head == b"OggS":
        yield from _later_streams(data)
    elif head[:3] == b"ID3" or (head[:1] == b"\xff" and head[1:2] >= b"\xe0"):
        yield from _later_mp3s(data)


def _later_chunks(data: mmap.mmap, kind: bytes) -> Iterator[int]:
    """WAV and AIFF say their length; one that is 0 or the largest was never filled in."""
    place = 0
    while data[place : place + 4] == kind:
        size = int.from_bytes(data[place + 4 : place + 8], "little" if kind == b"RIFF" else "big")
        if size in (0, 0xFFFFFFFF):
            return
        place += 8 + size + size % 2
        if data[place : place + 4] == kind:
            yield place


def _later_streams(data: mmap.mmap) -> Iterator[int]:
    """Ogg streams one after the other; those that begin together belong together."""
    place, began_before = 0, True
    while data[place : place + 4] == b"OggS" and place + 27 <= len(data):
        begins = bool(data[place + 5] & _BEGINS)
        if begins and not began_before:
            yield place
        began_before = begins
        count = data[place + 26]
        place += 27 + count + sum(data[place + 27 : place + 27 + count])


def _later_mp3s(data: mmap.mmap) -> Iterator[int]:
    first = True
    for found in _MP3_INFO.finditer(data):
        for distance in _MP3_INFO_PLACES:
            begin = found.start() - distance
            if begin >= 0 and data[begin] == 0xFF and data[begin + 1] & 0xE0 == 0xE0:
                if not first:
                    yield begin
                first = False
                break


class JoinedSound:
    """Reads the parts of a file one after the other; a block never holds two of them.

    Args:
        path: of the file.
        begins: bytes at which its parts begin.

    Raises:
        soundfile.LibsndfileError, OSError: if the first part cannot be read.
        ValueError: if their rates differ.
    """

    def __init__(self, path: Path, begins: list[int]) -> None:
        self._raw = path.open("rb")
        self._ranges = list(zip(begins, [*begins[1:], path.stat().st_size], strict=True))
        parts = []
        for index in range(len(begins)):
            with self._open(index) as part:
                parts.append((part.samplerate, part.channels, part.frames))
        rates, channels, frames = zip(*parts, strict=True)
        if len(set(rates)) > 1:
            self._raw.close()
            said = ", ".join(map(str, sorted(set(rates))))
            raise ValueError(Trouble(Code.RATES_DIFFER, rates=said))
        self.samplerate, self.channels, self.frames = rates[0], max(channels), sum(frames)
        self._index, self._file = 0, self._open(0)

    def read(self, frames: int, dtype: str = "float32", always_2d: bool = True) -> Floats:
        """The next frames (n, channels); none at the end of the last part."""
        while True:
            block: Floats = self._file.read(frames, dtype=dtype, always_2d=always_2d)
            if len(block) or self._index + 1 == len(self._ranges):
                return block
            self._file.close()
            self._index += 1
            self._file = self._open(self._index)

    def close(self) -> None:
        """Close the file and the descriptor that it was read through."""
        self._file.close()
        self._raw.close()

    def _open(self, index: int) -> Any:
        import soundfile

        return soundfile.SoundFile(_Part(self._raw, *self._ranges[index]))


class _Part:
    """A range of a file as a file of its own; one at a time reads from the file around it."""

    def __init__(self, file: BinaryIO, begin: int, end: int) -> None:
        self._file, self._begin, self._end = file, begin, end
        file.seek(begin)

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._end - self._file.tell())
        return self._file.read(left if size < 0 else min(size, left))

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: self._begin, os.SEEK_CUR: self._file.tell(), os.SEEK_END: self._end}
        self._file.seek(max(self._begin, base[whence] + offset))
        return self.tell()

    def tell(self) -> int:
        return self._file.tell() - self._begin
