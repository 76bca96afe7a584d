"""Held-out recordings, whole, for validation while training."""

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from trainer.shards.shards import Shards
from trainer.shards.splits import recording_of


class WholeClips(Dataset[Any]):
    """Up to `limit` clips with notes, undamaged, from all over the set.

    Items: audio `(samples,)` float32, a whole number of hops, and the structured notes that begin
    in the clip.
    """

    def __init__(self, shards: Shards, limit: int, hop_samples: int = 160) -> None:
        self.shards = shards
        self.hop_samples = hop_samples
        labelled = [i for i in range(len(shards)) if len(shards.notes(i))]
        recordings = [recording_of(shards.clips[i]) for i in labelled]
        self.chosen = [labelled[place] for place in choose_evenly(recordings, limit)]

    def __len__(self) -> int:
        return len(self.chosen)

    def __getitem__(self, index: int) -> tuple[Tensor, np.ndarray]:
        clip = self.chosen[index]
        pcm = self.shards.window(clip, 0, self.shards.clips[clip].n_samples)
        usable = len(pcm) // self.hop_samples * self.hop_samples
        audio = torch.from_numpy(pcm[:usable].astype(np.float32) / 32768)
        notes = self.shards.notes(clip)
        return audio, notes[notes["onset"] >= 0]


def choose_evenly(groups: Sequence[Hashable], limit: int) -> list[int]:
    """Up to `limit` items, as many of each group as can be, spread over it; always the same.

    Where there are more groups than that, one item of groups that are spread over all of them.

    Args:
        groups: each item's group (a clip's recording).
        limit: items wanted, 1 or more.

    Returns:
        Indices of the items, ascending.
    """
    members: dict[Hashable, list[int]] = {}
    for item, group in enumerate(groups):
        members.setdefault(group, []).append(item)
    heard = list(members.values())
    heard = [heard[place] for place in space_evenly(len(heard), limit)]
    shares = [0] * len(heard)
    for _ in range(min(limit, sum(map(len, heard)))):
        open_groups = [i for i, items in enumerate(heard) if shares[i] < len(items)]
        shares[min(open_groups, key=lambda i: shares[i])] += 1
    chosen = (
        items[place]
        for items, share in zip(heard, shares, strict=True)
        for place in space_evenly(len(items), share)
    )
    return sorted(chosen)


def space_evenly(count: int, wanted: int) -> list[int]:
    """Up to `wanted` of the numbers below `count`, at even distances."""
    wanted = min(wanted, count)
    return [(2 * i + 1) * count // (2 * wanted) for i in range(wanted)]
