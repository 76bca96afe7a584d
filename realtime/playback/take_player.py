"""Plays a take: its notes on the synth, its recording, or both; also in a loop."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from realtime.playback.synth import RELEASE_S, Synth
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import why
from realtime.values.arrays import Floats
from realtime.values.given_file import library_name
from realtime.values.notes import Note

USUAL_RATE = 48_000
TAIL_S = 0.5
"""Heard after the last note."""


class SoundReader:
    """The recording at any rate, from any moment.

    Args:
        path: of the sound file.
        rate: Hz to give; 0 is the file's own.

    Raises:
        UserError: if it cannot be read.
    """

    def __init__(self, path: Path, rate: int = 0) -> None:
        import soundfile

        try:
            self._file: Any = soundfile.SoundFile(library_name(path))
        except (OSError, RuntimeError) as error:
            raise UserError(Code.FILE_UNREADABLE, path=path, reason=why(error)) from error
        self.rate = rate or int(self._file.samplerate)
        self.seconds = self._file.frames / self._file.samplerate
        self._resampler: Any = None
        self._ready = np.zeros(0, dtype=np.float32)
        self._ended = False

    def seek(self, second: float) -> None:
        """Read on from this second of the recording."""
        frame = min(round(second * self._file.samplerate), self._file.frames)
        self._file.seek(max(frame, 0))
        self._ready = np.zeros(0, dtype=np.float32)
        self._ended = False
        if self.rate != self._file.samplerate:
            import soxr

            self._resampler = soxr.ResampleStream(self._file.samplerate, self.rate, 1)

    def read(self, frames: int) -> Floats:
        """The next samples, mono (frames,), silence after the end."""
        while len(self._ready) < frames and not self._ended:
            block = self._file.read(max(frames, 4096), dtype="float32", always_2d=True)
            self._ended = len(block) == 0
            sound = block.mean(axis=1, dtype=np.float32) if len(block) else block[:, 0]
            if self._resampler is not None:
                sound = self._resampler.resample_chunk(sound, last=self._ended)
            self._ready = np.concatenate([self._ready, sound])
        block, self._ready = self._ready[:frames], self._ready[frames:]
        return np.pad(block, (0, frames - len(block)))


class TakePlayer:
    """Renders a take block by block.

    Args:
        notes: for the synth.
        sound: the recording, if there is one.
        rate: Hz; 0 is the recording's own.
    """

    def __init__(self, notes: Sequence[Note], sound: Path | None = None, rate: int = 0) -> None:
        self._reader = SoundReader(sound, rate) if sound is not None else None
        self.rate = rate or (self._reader.rate if self._reader else USUAL_RATE)
        self.levels = (1.0, 1.0)
        """Loudness of (synth, recording), factors of 0-1."""
        self.loop: tuple[float, float] | None = None
        """Seconds (from, to), None plays to the end."""
        self.load(notes)
        self.seek(0.0)

    @property
    def at_s(self) -> float:
        """Where the next block begins, in seconds of the take."""
        return self._at / self.rate

    def load(self, notes: Sequence[Note]) -> None:
        """Other notes, from the next block on."""
        self._synth = Synth(notes, self.rate)
        end_s = max((note.offset_s for note in notes), default=0.0)
        self.seconds = max(end_s + RELEASE_S + TAIL_S, self._reader.seconds if self._reader else 0)

    def seek(self, second: float) -> None:
        """Render on from this second of the take."""
        self._at = max(0, round(second * self.rate))
        if self._reader is not None:
            self._reader.seek(self.at_s)

    def render(self, frames: int) -> Floats | None:
        """The next block (up to `frames` long), or None at the end."""
        end_s = self.seconds
        if self.loop is not None and self.loop[0] < self.loop[1]:
            end_s = min(self.loop[1], self.seconds)
            if self.at_s >= end_s:
                self.seek(self.loop[0])
        left = round(end_s * self.rate) - self._at
        if left <= 0:
            return None
        frames = min(frames, left)
        synth, recording = self.levels
        mixed = np.zeros(frames, dtype=np.float32)
        if synth > 0:
            mixed += np.float32(synth) * self._synth.render(self._at, frames)
        if self._reader is not None:
            mixed += np.float32(recording) * self._reader.read(frames)
        self._at += frames
        return np.clip(mixed, -1, 1)
