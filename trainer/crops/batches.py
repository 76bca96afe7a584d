"""Endless batches in which crop `n` depends on `(seed, n)` and nothing else.

Batch `b` of device `r` of `R` holds the crops from `(b * R + r) * batch_size` on. So a resumed run
draws what the uninterrupted one would have drawn, with any number of loader workers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import torch
from torch.utils.data import IterableDataset

B = TypeVar("B")


@dataclass(frozen=True)
class Draws:
    """Which crops are drawn, and at which rate."""

    seed: int
    """Another seed draws other crops."""
    batch_size: int
    """Crops that a batch holds."""
    sample_rate: int = 16_000
    """Sample rate of the crops in Hz."""
    hop_samples: int = 160
    """Crops are a whole number of these."""

    def frames_of(self, seconds: float) -> int:
        """Hops of a crop that shall be so long, to the nearest."""
        return round(seconds * self.sample_rate / self.hop_samples)


class EndlessBatches(IterableDataset[B], Generic[B]):
    """Batches for ever, from `first_batch` on; loader workers take turns.

    Args:
        draws: seed, size and rate.
    """

    def __init__(self, draws: Draws) -> None:
        self.draws = draws
        self.first_batch = 0
        """Number of the batch that is drawn first."""
        self.device, self.devices = 0, 1

    def __iter__(self) -> Iterator[B]:
        """Draw batches for ever, from `first_batch` on."""
        worker = torch.utils.data.get_worker_info()
        lanes, lane = (worker.num_workers, worker.id) if worker else (1, 0)
        batch = self.first_batch + lane
        while True:
            yield self.draw_batch(batch)
            batch += lanes

    def draw_batch(self, number: int) -> B:
        """Batch `number` of this device, its tensors `(batch_size, ...)`."""
        raise NotImplementedError

    def crops_of(self, number: int) -> range:
        """Numbers of the crops of batch `number` of this device."""
        first = (number * self.devices + self.device) * self.draws.batch_size
        return range(first, first + self.draws.batch_size)
