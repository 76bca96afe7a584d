"""Small labelled shards of synthetic music, for tests of training."""

from pathlib import Path

import numpy as np

from trainer.shards.format import NOTE_DTYPE, Clip
from trainer.shards.writing import write_shard

RATE = 16_000


def struck_tones(seed: int, seconds: float = 5.0) -> tuple[np.ndarray, np.ndarray]:
    """A line of decaying tones with five partials: int16 samples and their notes."""
    rng = np.random.default_rng(seed)
    sound = np.zeros(int(seconds * RATE))
    rows = []
    start = 0.4
    while start < seconds - 0.6:
        pitch = int(rng.integers(48, 80))
        length = float(rng.uniform(0.25, 0.5))
        first, last = int(start * RATE), int((start + length) * RATE)
        age = np.arange(last - first) / RATE
        envelope = np.exp(-3 * age) * (1 - np.exp(-400 * age))
        envelope[-320:] *= np.linspace(1, 0, 320)
        frequency = 440 * 2 ** ((pitch - 69) / 12)
        for partial in range(1, 6):
            sound[first:last] += (
                0.15 / partial * envelope * np.sin(2 * np.pi * frequency * partial * age)
            )
        rows.append((0, first, last, pitch, 0.6, 0))
        start += length + float(rng.uniform(0.0, 0.2))
    return np.round(32767 * sound).astype(np.int16), np.array(rows, NOTE_DTYPE)


def write_tiny_shards(folder: Path, clips: int, seed: int = 0) -> Path:
    """One shard of `clips` different lines."""
    folder.mkdir(parents=True, exist_ok=True)
    music = [struck_tones(seed + i) for i in range(clips)]
    described = [
        Clip(f"tiny-{seed + i}", 0, 0, "test", f"song{i}", ("sine",), "music") for i in range(clips)
    ]
    write_shard(folder, 0, [m[0] for m in music], [m[1] for m in music], described)
    return folder
