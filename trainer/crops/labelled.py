"""Endless, exactly repeatable crops of labelled audio for training."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from realtime.values.ranges import Positive, Share
from trainer.crops.augment import AugmentSettings, Responses, damage, draw_pitch_shift, shift_pitch
from trainer.crops.batches import Draws, EndlessBatches
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


class LabelledCrops(EndlessBatches[tuple[Tensor, ...]]):
    """Batches of crops with their targets.

    Args:
        shards: that the crops are cut from.
        settings: how crops are cut and changed.
        responses: rooms and devices.
        draws: seed, size and rate.
        instruments: names whose notes are told apart; none for no such target.

    Yields:
        audio `(batch, samples)`, and onset, frame, offset, velocity targets `(batch, frames, 88)`,
        all float32; where there are `instruments`, then who plays, `(batch, frames, n, 88)`.
    """

    def __init__(
        self,
        shards: Shards,
        settings: CropSettings,
        responses: Responses,
        draws: Draws,
        instruments: tuple[str, ...] = (),
    ) -> None:
        super().__init__(draws)
        self.shards = shards
        self.settings = settings
        self.responses = responses
        self.frames = draws.frames_of(settings.seconds)
        self.instruments = instruments

    def draw_batch(self, number: int) -> tuple[Tensor, ...]:
        """Batch `number` of this device: what `draw` gives, as `(batch_size, ...)`."""
        crops = [self.draw(crop) for crop in self.crops_of(number)]
        return tuple(torch.stack(parts) for parts in zip(*crops, strict=True))

    def draw(self, number: int) -> tuple[Tensor, ...]:
        """Draw crop `number`: audio (samples,), then its targets, as tensors."""
        rng = np.random.default_rng((self.draws.seed, number))
        audio, notes = self._cut(rng)
        if rng.random() < self.settings.mix_chance:
            other, more = self._cut(rng)
            audio = audio + other * 10 ** (rng.uniform(-18, 3) / 20)
            notes = np.concatenate([notes, more])
        audio = damage(audio, rng, self.settings.augment, self.responses, self.draws.sample_rate)
        hop = self.draws.hop_samples
        targets: tuple[np.ndarray, ...] = make_targets(notes, self.frames, hop)
        if self.instruments:
            roll = make_instrument_roll(notes, self.frames, hop, self.instruments)
            targets = (*targets, roll)
        return (torch.from_numpy(audio), *map(torch.from_numpy, targets))

    def _cut(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """A random stretch of a random clip, shifted in pitch, peak 1, with its notes."""
        semitones, ratio = draw_pitch_shift(rng, self.settings.augment)
        wanted = self.frames * self.draws.hop_samples
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
