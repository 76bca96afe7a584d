"""Where sound comes from: one Protocol for sound card, file and array."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from realtime.audio.container_sound import ContainerSound, MendedSound
from realtime.audio.joined_sound import open_sound
from realtime.audio.read_errors import why_unread
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble
from realtime.values.arrays import Floats

POLL_SECONDS = 0.001


class AudioSource(Protocol):
    """Mono sound at the source's own rate, pulled by the engine."""

    name: str
    rate: int
    """Rate of the samples, in Hz."""
    live: bool
    """Sound that is not fetched in time is lost (a microphone), rather than waiting (a file)."""

    def read(self, max_frames: int, least: int = 1) -> Floats | None:
        """Up to `max_frames` samples (n,), None when all is read.

        Empty while fewer than `least` wait: crumbs cost the engine as much as a whole hop.
        """

    def wait(self, frames: int, timeout_s: float) -> None:
        """Return once so many samples can be read, or after the timeout."""

    def status(self) -> "SourceStatus":
        """How the source is doing."""

    def close(self) -> None:
        """Free the device or file. May be called twice."""


class SourceStatus:
    """Health of a source at one moment.

    Args:
        waiting_frames: samples ready to be read.
        latency_ms: what the driver reports.
        gap_s: seconds of sound missing since the last `status` call (unplugged or dropped).
        lost_s: seconds of sound missing in all.
        connected: False while there is no device.
        trouble: why there is no sound.
        remark: what has just changed, told once and kept in the take.
        block_frames: typical size of a delivery; 0 if unknown.
    """

    __slots__ = (
        "block_frames",
        "connected",
        "gap_s",
        "latency_ms",
        "lost_s",
        "remark",
        "trouble",
        "waiting_frames",
    )

    def __init__(
        self,
        waiting_frames: int = 0,
        latency_ms: float = 0.0,
        gap_s: float = 0.0,
        lost_s: float = 0.0,
        connected: bool = True,
        trouble: Trouble | None = None,
        remark: Trouble | None = None,
        block_frames: int = 0,
    ) -> None:
        self.waiting_frames = waiting_frames
        self.latency_ms = latency_ms
        self.gap_s = gap_s
        self.lost_s = lost_s
        self.connected = connected
        self.trouble = trouble
        self.remark = remark
        self.block_frames = block_frames


class ArraySource:
    """Samples (n,) or (n, channels) from memory."""

    live = False

    def __init__(self, samples: npt.ArrayLike, rate: int, name: str = "array") -> None:
        self.name, self.rate = name, rate
        self._samples = mix_to_mono(np.asarray(samples, dtype=np.float32))
        self._position = 0

    def read(self, max_frames: int, least: int = 1) -> Floats | None:
        """The next samples, None at the end."""
        block = self._samples[self._position : self._position + max_frames]
        self._position += len(block)
        return block if len(block) else None

    def wait(self, frames: int, timeout_s: float) -> None:
        """Return at once: all samples are in memory."""

    def status(self) -> SourceStatus:
        """Report a source that is always well."""
        return SourceStatus()

    def close(self) -> None:
        """Do nothing: an array has nothing to free."""


LEAST_MIX = 0.01
"""Part of the channels' power that their mean must keep (-20 dB); below it one channel is heard."""
PROBED_S = 30
PROBED_FRAMES = 1 << 16
QUIET_POWER = 1e-8
"""Blocks below -80 dBFS tell nothing."""


class FileSource:
    """A sound file of any rate and channel count, read as it is needed and mixed to mono.

    Of channels that cancel in the mix, the first is heard alone.

    Args:
        path: of the file.
        channel: 1, 2, ... to hear one channel alone; 0 is the mean of all.
        on_damage: is told where the file is damaged or breaks off, and its sound ends there;
            without it that is an error.

    Raises:
        UserError: if the file is missing, empty, damaged or not sound, or lacks the channel.
    """

    live = False

    def __init__(
        self, path: Path, channel: int = 0, on_damage: Callable[[Trouble], None] | None = None
    ) -> None:
        import soundfile

        self._channel, self._on_damage = channel, on_damage
        self._damage: Exception | None = None
        self.path, self.name = path, str(path)
        if os.path.isdir(path):
            raise UserError(Code.FILE_IS_FOLDER, path=path)
        if not os.path.exists(path):
            raise UserError(Code.FILE_MISSING, path=path)
        if os.path.isfile(path) and path.stat().st_size == 0:
            raise UserError(Code.FILE_EMPTY, path=path)
        try:
            self._file: Any = open_sound(path)
        except (soundfile.LibsndfileError, OSError, ValueError) as error:
            raise UserError(Code.FILE_NOT_SOUND, path=path, reason=why_unread(error)) from error
        self.rate, self.channels = int(self._file.samplerate), int(self._file.channels)
        self.frames = int(self._file.frames)
        """Length that the header promises."""
        self.frames_read = 0
        self._held = np.zeros(0, np.float32)
        if self.frames <= 0 or not 4_000 <= self.rate <= 768_000:
            self.close()
            raise UserError(Code.FILE_HOLDS_NOTHING, path=path, frames=self.frames, rate=self.rate)
        if channel > self.channels:
            self.close()
            raise UserError(
                Code.FILE_LACKS_CHANNEL, path=path, channel=channel, channels=self.channels
            )
        if self.channels > 1 and not channel:
            cancels = cancels_out(self._file)
            self._file.close()
            self._file = open_sound(path)
            self._channel = 1 if cancels else 0

    @property
    def duration_s(self) -> float:
        """Length of the file in seconds, as its header says."""
        return self.frames / self.rate

    def read(self, max_frames: int, least: int = 1) -> Floats | None:
        """The next samples, None at the end.

        Raises:
            UserError: where the file is damaged or ends before its header says, and nobody is
                told of it, or nothing was heard before.
        """
        if not len(self._held):
            # libsndfile gives silence where an MP3 is read in small pieces
            self._held = pick_channel(
                self._read_piece(max(max_frames, self.rate // 2)), self._channel
            )
        if len(self._held):
            block, self._held = self._held[:max_frames], self._held[max_frames:]
            self.frames_read += len(block)
            return block
        there = self.frames_read / self.rate
        cut_off = self._is_cut_off()
        holed = isinstance(self._file, MendedSound) and self._file.damaged_s is not None
        if holed and (self._file.missing_s or not cut_off):
            second, missing = self._file.damaged_s, self._file.missing_s
            missing += max(self.duration_s - there, 0.0) if cut_off else 0.0
            self._end_early(
                Trouble(Code.FILE_HAS_HOLES, path=self.path, second=second, missing=missing)
            )
        elif self._damage is not None:
            reason = why_unread(self._damage)
            self._end_early(Trouble(Code.FILE_DAMAGED, path=self.path, second=there, reason=reason))
        elif cut_off:
            length = self.duration_s
            self._end_early(Trouble(Code.FILE_CUT_OFF, path=self.path, there=there, length=length))
        return None

    def _read_piece(self, frames: int) -> Floats:
        """Samples (n, channels); none at the end and from a damaged spot on."""
        import soundfile

        nothing = np.zeros((0, self.channels), np.float32)
        if self._damage is not None:
            return nothing
        try:
            piece: Floats = self._file.read(frames, dtype="float32", always_2d=True)
        except (soundfile.LibsndfileError, OSError) as error:
            self._damage = error
            return self._behind_damage(frames)
        return piece

    def _behind_damage(self, frames: int) -> Floats:
        """The next samples of a file whose damage is left out, none where nothing follows it."""
        nothing = np.zeros((0, self.channels), np.float32)
        try:
            mended = MendedSound(self.path)
        except OSError:
            return nothing
        mended.skip(self.frames_read)
        piece = mended.read(frames)
        if not len(piece) or piece.shape[1] != self.channels or mended.samplerate != self.rate:
            mended.close()
            return nothing
        self._file.close()
        self._file, self._damage = mended, None
        return piece

    def _end_early(self, trouble: Trouble) -> None:
        if self._on_damage is None or not self.frames_read:
            raise UserError(trouble) from self._damage
        self._on_damage(trouble)
        self._on_damage = _ignore  # it is told once

    def _is_cut_off(self) -> bool:
        if isinstance(self._file, ContainerSound):
            return self._file.cut_off(self.frames_read)
        return self.frames_read < self.frames

    def wait(self, frames: int, timeout_s: float) -> None:
        """Return at once: a file need not be waited for."""

    def status(self) -> SourceStatus:
        """Report a source that is always well."""
        return SourceStatus()

    def close(self) -> None:
        """Close the file; nothing can be read any more."""
        self._file.close()


class PacedSource:
    """Gives another source's samples no faster than a clock: a file played as if it were live.

    Args:
        source: what to pace.
        clock: seconds; starts with the first read.
    """

    live = False

    def __init__(self, source: AudioSource, clock: Callable[[], float] = time.monotonic) -> None:
        self.name, self.rate = source.name, source.rate
        self._source, self._clock = source, clock
        self._started: float | None = None
        self._given = 0

    def read(self, max_frames: int, least: int = 1) -> Floats | None:
        """Mono samples that are due by now, float32 `(n,)` with `n` from 0 to `max_frames`."""
        now = self._clock()
        if self._started is None:
            self._started = now
        due = self._due(now)
        if due < min(max(self.rate // 200, least), max_frames):
            return np.zeros(0, dtype=np.float32)
        block = self._source.read(min(due, max_frames))
        self._given += 0 if block is None else len(block)
        return block

    def wait(self, frames: int, timeout_s: float) -> None:
        """Sleep until so many samples are due."""
        missing = max(frames, self.rate // 200) - self._due(self._clock())
        time.sleep(min(max(missing / self.rate, 0.0), timeout_s))

    def _due(self, now: float) -> int:
        started = now if self._started is None else self._started
        return int((now - started) * self.rate) - self._given

    def status(self) -> SourceStatus:
        """Report how the source that is paced is doing."""
        return self._source.status()

    def close(self) -> None:
        """Close the source that is paced."""
        self._source.close()


def poll_until_due(waiting: Callable[[], int], frames: int, rate: int, timeout_s: float) -> None:
    """Return once `waiting()` is at least `frames`, or after the timeout, for rings without a bell.

    Sound cards deliver some ten milliseconds at a time: sleep through most of the time that is
    missing by the rate, then look every millisecond.
    """
    until = time.monotonic() + timeout_s
    missing_s = (frames - waiting()) / rate
    pause_s = max(POLL_SECONDS, 0.6 * missing_s)
    while waiting() < frames and (left_s := until - time.monotonic()) > 0:
        time.sleep(min(pause_s, left_s))
        pause_s = POLL_SECONDS


def pick_channel(block: Floats, channel: int) -> Floats:
    """(n, channels) -> (n,): channel 1, 2, ... alone, or the mean of all for 0 or one not there."""
    if 1 <= channel <= block.shape[1]:
        return np.ascontiguousarray(block[:, channel - 1])
    return mix_to_mono(block)


def cancels_out(file: Any) -> bool:
    """Whether the channels of a file cancel in their mean, as with one wire of a pair swapped.

    Reads on from where the file is, until PROBED_S seconds that are not silent were seen.

    Args:
        file: what `open_sound` gives.
    """
    import soundfile

    power = mixed = 0.0
    probed = 0
    while probed < PROBED_S * file.samplerate:
        try:
            block = file.read(PROBED_FRAMES, dtype="float32", always_2d=True)
        except (soundfile.LibsndfileError, OSError):
            break  # whoever reads on is told of it
        if len(block) == 0:
            break
        loud = float(np.square(finite_part(block)).mean())
        if loud > QUIET_POWER:
            power += loud
            mixed += float(np.square(mix_to_mono(finite_part(block))).mean())
            probed += len(block)
    return mixed < LEAST_MIX * power


def finite_part(block: Floats) -> Floats:
    """The block, `(frames,)` or `(frames, channels)`, with 0 in place of what is not a number."""
    return np.where(np.isfinite(block), block, np.float32(0))


def mix_to_mono(block: Floats) -> Floats:
    """(n,) or (n, channels) -> (n,), the mean of the channels."""
    if block.ndim == 1:
        return block
    if block.shape[1] == 1:
        return block[:, 0]
    if block.shape[1] == 2:
        return (block[:, 0] + block[:, 1]) * np.float32(0.5)
    mono: Floats = block.mean(axis=1, dtype=np.float32)
    return mono


def _ignore(trouble: Trouble) -> None:
    """Pass over a trouble that was told before."""
