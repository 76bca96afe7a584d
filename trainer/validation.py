"""Held-out recordings, whole, for validation while training."""

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from trainer.datasets.shards import Shards


class WholeClips(Dataset):
    """The first `limit` clips with notes, undamaged.

    Items: audio `(samples,)` float32, a whole number of hops, and the structured notes that begin
    in the clip.
    """

    def __init__(self, shards: Shards, limit: int, hop_samples: int = 160) -> None:
        self.shards = shards
        self.hop_samples = hop_samples
        self.chosen = [i for i in range(len(shards)) if len(shards.notes(i))][:limit]

    def __len__(self) -> int:
        return len(self.chosen)

    def __getitem__(self, index: int) -> tuple[Tensor, np.ndarray]:
        clip = self.chosen[index]
        pcm = self.shards.window(clip, 0, self.shards.clips[clip].n_samples)
        usable = len(pcm) // self.hop_samples * self.hop_samples
        audio = torch.from_numpy(pcm[:usable].astype(np.float32) / 32768)
        notes = self.shards.notes(clip)
        return audio, notes[notes["onset"] >= 0]
