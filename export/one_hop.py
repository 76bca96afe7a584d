"""Layers as the graph of a single hop wants them: the same numbers from fewer operators.

A hop comes 9 ms after the one before. By then other programs have had the caches, and most of an
operator's time goes into fetching its code and its data: how many operators there are counts more
than what they compute.
"""

import copy
from collections.abc import Sequence
from typing import TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trainer.network.backbone import Backbone
from trainer.network.encoders.harmonic import SpectralViews
from trainer.network.encoders.spectrum import LogFrequencySpectrum
from trainer.network.layers.causal import HarmonicStack

GROUP_VALUES = 40_000
"""A further group of windows takes as long as so many constants more in one that is there."""


Network = TypeVar("Network", bound=Backbone)


class HopViews(nn.Module):
    """`SpectralViews` of one hop.

    Its windows are cut where they begin, and cosine and sine of a bin stand side by side, so that
    all bins of all views are measured at once.
    """

    def __init__(self, views: SpectralViews) -> None:
        super().__init__()
        spectra = [views.spectrum] if views.attack is None else [views.spectrum, views.attack]
        self.tail_samples, self.floor = views.tail_samples, views.spectrum.settings.floor
        self.count = len(spectra)
        self.sizes: list[int] = []
        for spectrum in spectra:
            self._add(spectrum)

    def _add(self, spectrum: LogFrequencySpectrum) -> None:
        kernels = [kernel for group in _groups(spectrum) for kernel in group]
        kernels = [kernel[:, int(kernel.any(dim=0).nonzero()[0]) :] for kernel in kernels]
        for begin, end in cheapest_groups([kernel.shape[1] for kernel in kernels]):
            size = max(kernel.shape[1] for kernel in kernels[begin:end])
            kernel = torch.cat([F.pad(k, (size - k.shape[1], 0)) for k in kernels[begin:end]])
            self.register_buffer(f"kernel{len(self.sizes)}", kernel.T.contiguous(), False)
            self.sizes.append(size)

    def forward(self, audio: Tensor, tail: Tensor) -> tuple[Tensor, Tensor]:
        """Compute what the layer it stands for does, for one hop."""
        audio = torch.cat([tail, audio], dim=1)
        waves = torch.cat(
            [audio[:, -size:] @ self.get_buffer(f"kernel{i}") for i, size in enumerate(self.sizes)],
            dim=1,
        )
        magnitudes = torch.linalg.vector_norm(waves.reshape(1, self.count, -1, 2), dim=-1)
        views = (torch.log(magnitudes + self.floor) + 6.0) / 2.5
        return views.transpose(1, 2)[:, None], audio[:, -self.tail_samples :]


class HopStack(nn.Module):
    """A `HarmonicStack` that fetches all shifted rows at once; those outside are one row of zeros.

    Args:
        stack: to stand for.
    """

    def __init__(self, stack: HarmonicStack) -> None:
        super().__init__()
        self.mix, self.rows_out, self.offsets = stack.mix, stack.rows_out, stack.offsets

    def forward(self, x: Tensor) -> Tensor:
        """Compute what the layer it stands for does, for one hop."""
        count, channels = x.shape[2], x.shape[3]
        wanted = [row + offset for row in range(self.rows_out) for offset in self.offsets]
        rows = torch.tensor([row if 0 <= row < count else count for row in wanted])
        padded = torch.cat([x, torch.zeros(1, 1, 1, channels)], dim=2)
        stacked = padded.index_select(2, rows)
        mixed: Tensor = self.mix(stacked.reshape(1, 1, self.rows_out, -1))
        return mixed


def for_one_hop(model: Network) -> Network:
    """A copy whose layers are those of a single hop, and hold computed filters as constants."""
    model = copy.deepcopy(model)
    for name, layer in list(model.named_modules()):
        if isinstance(layer, SpectralViews):
            model.set_submodule(name, HopViews(layer))
        elif isinstance(layer, HarmonicStack):
            model.set_submodule(name, HopStack(layer))
        elif hasattr(layer, "fixed"):
            model.set_submodule(name, layer.fixed())
    return model


def cheapest_groups(sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Cuts windows, in order, into groups that are read whole: (begin, end) of each.

    A group holds two values for each sample of its longest window and each of its windows.
    """
    costs, cuts = [0], [0]
    for end in range(1, len(sizes) + 1):
        longest, best = 0, (costs[end - 1] + GROUP_VALUES + 2 * sizes[end - 1], end - 1)
        for begin in range(end - 1, -1, -1):
            longest = max(longest, sizes[begin])
            best = min(best, (costs[begin] + GROUP_VALUES + 2 * longest * (end - begin), begin))
        costs.append(best[0])
        cuts.append(best[1])
    groups, end = [], len(sizes)
    while end:
        groups.append((cuts[end], end))
        end = cuts[end]
    return groups[::-1]


def _groups(spectrum: LogFrequencySpectrum) -> list[Tensor]:
    """Kernels of the layer's groups of bins, each (bins, 2, size): cosine and sine."""
    matrices = [spectrum.get_buffer(f"kernel{i}") for i in range(len(spectrum.group_sizes))]
    return [torch.stack(matrix.T.chunk(2), dim=1) for matrix in matrices]
