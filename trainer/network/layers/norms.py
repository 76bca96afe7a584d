"""Normalisations of frames, and whether each can stream."""

from typing import Literal

import torch
from torch import Tensor, nn

NormKind = Literal["channel", "batch", "instance", "none"]


class BatchNorm(nn.BatchNorm1d):
    """Each channel over batch and time; running averages in evaluation, so it streams there.

    In training every frame sees statistics of the whole batch, its future included: contrastive
    learning can cheat by it (arXiv 2002.02848, section 2.2). Here to compare, not to prefer.

    Shape:
        - x and output: `(batch, frames, channels)`
    """

    streams = True

    def forward(self, x: Tensor) -> Tensor:
        """Normalise each channel of `x`, `(batch, frames, channels)`; by averages in evaluation."""
        return torch.unflatten(super().forward(x.flatten(0, -2)), 0, x.shape[:-1])


class InstanceNorm(nn.InstanceNorm1d):
    """Each channel of each recording over all its frames, the future included: cannot stream.

    Shape:
        - x and output: `(batch, frames, channels)`
    """

    streams = False

    def forward(self, x: Tensor) -> Tensor:
        """Normalise each channel over all frames; the parent wants channels before frames."""
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


def make_norm(kind: NormKind, channels: int) -> nn.Module:
    """The norm `kind` for `(batch, frames, channels)`.

    `channel` is a layer norm over the channels of one frame (CPC_audio's ChannelNorm): it sees
    neither other frames nor other recordings, and so is the only one that both streams and hides
    the future in training.
    """
    if kind == "channel":
        return nn.LayerNorm(channels)
    if kind == "batch":
        return BatchNorm(channels)
    if kind == "instance":
        return InstanceNorm(channels, affine=True)
    return nn.Identity()
