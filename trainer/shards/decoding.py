"""Sound files -> 16 kHz mono int16, block by block, with what was odd about them."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from realtime.audio.container_sound import ContainerSound
from realtime.audio.joined_sound import open_sound
from realtime.processes.limits import quiet_c_libraries
from realtime.troubles.errors import UserError
from trainer.shards.format import SHARD_RATE

SAMPLE_RATE = SHARD_RATE

BLOCK = 1 << 18
"""Frames of the file that are held at a time."""

FULL_SCALE = 0.999
LEAST_MIX = 0.01
"""Share of its channels' power that a mix must keep: one wire of a balanced line swapped, or a
karaoke side, leaves less than -20 dB of what the ear hears."""
HEARD_POWER = 1e-6
"""Mean square of a second in which something sounds: -60 dBFS."""


@dataclass(frozen=True)
class Decoded:
    """One sound file after decoding, and what its header said."""

    pcm: np.ndarray
    """int16 mono (n_samples,) at 16 kHz."""
    rate: int
    """Rate of the file itself, in Hz."""
    stated_frames: int
    """Frames that its header promises."""
    frames: int
    """Frames that could be decoded."""
    peak: float
    """Largest magnitude of a channel; 1 is full scale."""
    bad_samples: int
    """NaN or infinite; they are silent in `pcm`."""
    clipped_samples: int
    """Samples at full scale, in runs of three or more."""
    mix_share: float = 1.0
    """Power of the mono mix over the mean power of the channels: 1 where they agree, 0.5 where they
    have nothing in common, 0 where they cancel."""
    lost_seconds: float = 0.0
    """Length of the stretches of a second that are heard in the channels and not in the mix."""

    @property
    def seconds(self) -> float:
        """Length of `pcm` in seconds."""
        return len(self.pcm) / SAMPLE_RATE


def decode(path: Path, channel: int = 0) -> Decoded:
    """Read, mix down and resample a whole file; memory is that of the result and one block.

    Args:
        path: of the file.
        channel: the only one that is heard, from 1; 0 mixes all.

    Raises:
        UserError: if the file is missing, no sound file, has no such channel, or is cut short
            inside a codec frame.
    """
    pieces: list[np.ndarray] = []
    frames = bad = clipped = 0
    peak = 0.0
    powers: list[np.ndarray] = [np.zeros((0, 2))]
    try:
        with quiet_c_libraries(), closing(open_sound(path)) as file:
            rate, stated = file.samplerate, file.frames
            if channel > file.channels:
                raise UserError(
                    f"'{path}' has {file.channels} channels, and channel {channel} is wanted; "
                    "check that it is the right file."
                )
            resampler = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32")
            while True:
                block = file.read(BLOCK, dtype="float32", always_2d=True)
                last = len(block) < BLOCK
                block = block[:, channel - 1 : channel] if channel else block
                frames += len(block)
                wrong = ~np.isfinite(block)
                bad += int(wrong.any(axis=1).sum())
                block[wrong] = 0.0
                peak = max(peak, float(np.abs(block).max(initial=0.0)))
                clipped += count_clipped(block)
                mono = block.mean(axis=1)
                powers.append(powers_of(block, mono, rate))
                mono = mono if rate == SAMPLE_RATE else resampler.resample_chunk(mono, last=last)
                pieces.append(to_int16(mono))
                if last:
                    break
            if isinstance(file, ContainerSound) and not file.cut_off(frames):
                stated = frames  # what such a file states is not exact
    except (OSError, RuntimeError, ValueError) as error:
        said = str(getattr(error, "strerror", None) or error)
        reason = said.splitlines()[0] if said else type(error).__name__
        raise UserError(f"'{path}' is not a readable sound file ({reason}); replace it.") from error
    power, mixed = np.concatenate(powers).T
    share = float(mixed.sum() / power.sum()) if power.any() else 1.0
    lost = (power > HEARD_POWER * rate) & (mixed < LEAST_MIX * power)
    pcm = np.concatenate(pieces)
    return Decoded(pcm, rate, stated, frames, peak, bad, clipped, share, float(lost.sum()))


def powers_of(block: np.ndarray, mono: np.ndarray, rate: int) -> np.ndarray:
    """Summed squares of the mean channel and of the mix, second by second.

    Args:
        block: (frames, channels) in [-1, 1].
        mono: (frames,), its mix.
        rate: frames a second.

    Returns:
        float64 (seconds, 2); the last second may be a part of one.
    """
    if not len(block):
        return np.zeros((0, 2))
    starts = np.arange(0, len(block), rate)
    both = np.stack([np.square(block, dtype=float).mean(axis=1), np.square(mono, dtype=float)], 1)
    return np.add.reduceat(both, starts, axis=0)


def to_int16(audio: np.ndarray) -> np.ndarray:
    """float32 in [-1, 1) -> int16, as 16-bit files have it; louder samples stay at full scale."""
    return np.clip(np.round(audio * 32768), -32768, 32767).astype(np.int16)


def count_clipped(block: np.ndarray) -> int:
    """Samples of (frames, channels) at full scale in runs of three or more, per channel."""
    full = np.abs(block) >= FULL_SCALE
    if not full.any() or len(block) < 3:
        return 0
    runs = full[2:] & full[1:-1] & full[:-2]
    inside = np.zeros_like(full)
    for shift in range(3):
        inside[shift : shift + len(runs)] |= runs
    return int(inside.sum())
