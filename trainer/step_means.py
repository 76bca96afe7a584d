"""What a step logs when several batches are added up for it."""

import torch
from torch import Tensor


class StepMeans:
    """Means over the batches of an optimizer step.

    Args:
        batches: of a step.
    """

    def __init__(self, batches: int) -> None:
        self.batches = batches
        self._seen: list[Tensor] = []

    def add(self, figures: Tensor) -> Tensor:
        """Figures (n,) of one batch -> their mean over the step's batches so far (n,)."""
        self._seen.append(figures.detach())
        mean = torch.stack(self._seen).mean(dim=0)
        if len(self._seen) == self.batches:
            self._seen = []
        return mean
