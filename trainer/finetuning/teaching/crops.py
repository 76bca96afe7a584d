"""Crops of a lesson's music, with what an instrument's player and the old weights say of them."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from realtime.teach.examples import Music
from trainer.crops.augment import AugmentSettings, Responses, damage
from trainer.crops.targets import Targets, make_targets
from trainer.shards.format import NOTE_DTYPE

CROP_SECONDS = 4.0
SWELLING_PROGRAM = 40
"""General MIDI program (from 0) of an instrument whose onset targets are less sharp: a violin."""


class LessonCrops:
    """Draws crops by chance, as long a part of a piece as the piece is of all.

    Args:
        pieces: of music.
        sample_rate: Hz.
        hop_samples: samples a frame.
        seed: of the draws.
    """

    def __init__(
        self, pieces: Sequence[Music], sample_rate: int, hop_samples: int, seed: int
    ) -> None:
        self._pieces, self._rate, self._hop = list(pieces), sample_rate, hop_samples
        self._rng = np.random.default_rng(seed)
        self._frames = int(CROP_SECONDS * sample_rate) // hop_samples
        lengths = np.array([len(piece.audio) for piece in pieces], float)
        self._chances = lengths / lengths.sum()
        self._augment, self._responses = AugmentSettings(), Responses("", sample_rate)

    def draw(self) -> tuple[Tensor, Targets]:
        """Audio `(1, samples)` and its targets, `(frames, 88)` each; no velocity is known."""
        rng, size = self._rng, self._frames * self._hop
        piece = self._pieces[int(rng.choice(len(self._pieces), p=self._chances))]
        start = int(rng.integers(max(len(piece.audio) - size, 0) + 1))
        audio = piece.audio[start : start + size]
        audio = np.pad(audio, (0, size - len(audio)))
        audio = damage(audio, rng, self._augment, self._responses, self._rate)
        notes = notes_of(piece, self._rate)
        notes["onset"] -= start
        notes["offset"] -= start
        notes = notes[(notes["offset"] > 0) & (notes["onset"] < size)]
        return torch.from_numpy(audio)[None], make_targets(notes, self._frames, self._hop)


def notes_of(piece: Music, sample_rate: int) -> np.ndarray:
    """Notes of a piece `(n,)` of NOTE_DTYPE, in samples."""
    notes = np.zeros(len(piece.notes), NOTE_DTYPE)
    notes["onset"] = np.round(piece.notes[:, 0] * sample_rate)
    notes["offset"] = np.round(piece.notes[:, 1] * sample_rate)
    notes["pitch"] = piece.notes[:, 2]
    notes["velocity"] = np.nan
    notes["program"] = SWELLING_PROGRAM if piece.soft else 0
    return notes
