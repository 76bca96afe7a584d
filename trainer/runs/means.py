"""Held-out material on several devices: who hears what, and the means over all of it."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import torch
from pytorch_lightning.strategies import Strategy
from torch import Tensor

Item = TypeVar("Item")


def share_out(items: Sequence[Item], device: int, devices: int) -> list[Item]:
    """Every `devices`-th item from number `device` on.

    Where there are fewer items than devices, a device without any hears one that another hears
    too: all devices must reach the end of a validation together, or they wait for each other
    forever.
    """
    if not items:
        return []
    return list(items[device::devices]) or [items[device % len(items)]]


class HeldOutMeans:
    """Means of figures over everything that the devices of a run heard in a validation.

    Every device adds what it hears, without waiting for others; at the end they speak once. (The
    epoch means of Lightning divide by the rounded mean number of items a device, so they are wrong
    where devices have heard unequally many.)
    """

    def __init__(self) -> None:
        self._heard: list[Tensor] = []
        self._names: tuple[str, ...] = ()

    def add(self, figures: Mapping[str, Tensor | float]) -> None:
        """Take the figures of one held-out item: scalars `()`, the same names every time."""
        self._names = tuple(figures)
        values = [torch.as_tensor(value, dtype=torch.float32) for value in figures.values()]
        self._heard.append(torch.stack([value.detach().cpu() for value in values]))

    def take(self, strategy: Strategy) -> dict[str, Tensor]:
        """Means `()` by name over the items of all devices, which all must call it; begins anew."""
        heard = torch.stack(self._heard)
        self._heard = []
        sums = torch.cat([heard.sum(dim=0), heard.new_tensor([len(heard)])])
        sums = strategy.reduce(sums.to(strategy.root_device), reduce_op="sum")
        return dict(zip(self._names, sums[:-1] / sums[-1], strict=True))


class StepMeans:
    """Means over the batches of an optimizer step.

    Args:
        batches: of a step.
    """

    def __init__(self, batches: int) -> None:
        self.batches = batches
        self._seen: list[Tensor] = []

    def add(self, figures: Tensor) -> Tensor:
        """Figures (n,) of one batch -> their mean over the step's batches so far (n,).

        A figure is NaN in a batch that does not tell it, and then not part of the mean.
        """
        self._seen.append(figures.detach())
        mean = torch.stack(self._seen).nanmean(dim=0)
        if len(self._seen) == self.batches:
            self._seen = []
        return mean
