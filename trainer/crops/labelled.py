"""Endless, exactly repeatable crops of labelled audio for training."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import IterableDataset

from realtime.values.ranges import Positive, Share
from trainer.crops.augment import AugmentSettings, Responses, damage, draw_pitch_shift, shift_pitch
from trainer.crops.targets import make_instrument_roll, make_targets
from trainer.shards.shards import Shards


@dataclass(frozen=True)
class CropSettings:
    """How crops of recordings are drawn and changed."""

    seconds: Positive = 4.0
    """Length of a crop, in seconds."""
    mix_chance: Share = 0.2
    """Chance that a second clip plays along (its notes are labelled too)."""
    augment: AugmentSettings = AugmentSettings()


class LabelledCrops(IterableDataset[Any]):
    """Batches of crops; crop `n` depends on `(seed, n)` and nothing else.

    Batch `b` of device `r` of `R` holds the crops from `(b * R + r) * batch_size` on. So a resumed
    run draws what the uninterrupted one would have drawn, with any number of loader workers.

    Yields:
        audio `(batch, samples)`, and onset, frame, offset, velocity targets `(batch, frames, 88)`,
        all float32; where there are `instruments`, then who plays, `(batch, frames, n, 88)`.
    """

    def __init__(
        self,
        shards: Shards,
        settings: CropSettings,
        responses: Responses,
        seed: int,
        batch_size: int,
        sample_rate: int = 16_000,
        hop_samples: int = 160,
        instruments: tuple[str, ...] = (),
    ) -> None:
        self.shards = shards
        self.settings = settings
        self.responses = responses
        self.seed = seed
        self.sample_rate = sample_rate
        self.hop_samples = hop_samples
        self.frames = round(settings.seconds * sample_rate / hop_samples)
        self.batch_size = batch_size
        self.instruments = instruments
        self.first_batch = 0
        self.device, self.devices = 0, 1

    def __iter__(self) -> Iterator[tuple[Tensor, ...]]:
        """Draw for ever, from `first_batch` on; loader workers take turns."""
        worker = torch.utils.data.get_worker_info()
        lanes, lane = (worker.num_workers, worker.id) if worker else (1, 0)
        batch = self.first_batch + lane
        while True:
            first = (batch * self.devices + self.device) * self.batch_size
            crops = [self.draw(first + i) for i in range(self.batch_size)]
            yield tuple(torch.stack(parts) for parts in zip(*crops, strict=True))
            batch += lanes

    def draw(self, number: int) -> tuple[Tensor, ...]:
        """Draw crop `number`: audio (samples,), then its targets, as tensors."""
        rng = np.random.default_rng((self.seed, number))
        audio, notes = self._cut(rng)
        if rng.random() < self.settings.mix_chance:
            other, more = self._cut(rng)
            audio = audio + other * 10 ** (rng.uniform(-18, 3) / 20)
            notes = np.concatenate([notes, more])
        audio = damage(audio, rng, self.settings.augment, self.responses, self.sample_rate)
        targets: tuple[np.ndarray, ...] = make_targets(notes, self.frames, self.hop_samples)
        if self.instruments:
            roll = make_instrument_roll(notes, self.frames, self.hop_samples, self.instruments)
            targets = (*targets, roll)
        return (torch.from_numpy(audio), *map(torch.from_numpy, targets))

    def _cut(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """A random stretch of a random clip, shifted in pitch, peak 1, with its notes."""
        semitones, ratio = draw_pitch_shift(rng, self.settings.augment)
        wanted = self.frames * self.hop_samples
        source = int(np.ceil(wanted * ratio)) + 64
        index = int(rng.integers(len(self.shards)))
        notes = self.shards.notes(index)
        start = int(rng.integers(max(self.shards.clips[index].n_samples - source, 0) + 1))
        piece = self.shards.window(index, start, source).astype(np.float32)
        piece = shift_pitch(piece / (np.abs(piece).max() + 1e-3), ratio)[:wanted]
        piece = np.pad(piece, (0, wanted - len(piece)))
        moved = notes[(notes["offset"] > start) & (notes["onset"] < start + source)].copy()
        moved["onset"] = np.round((moved["onset"] - start) / ratio)
        moved["offset"] = np.round((moved["offset"] - start) / ratio)
        moved["pitch"] += semitones
        return piece, moved
