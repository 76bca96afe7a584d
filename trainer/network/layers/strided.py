"""Strided causal convolution over time, written as a linear map of two blocks."""

import math
from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trainer.network.layers.norms import NormKind, make_norm


class StridedConv(nn.Module):
    """Convolution whose kernel is twice its stride; output `i` ends with block `i` of the input.

    A block is `stride` consecutive inputs. Output `i` is a linear map of blocks `i - 1` and `i`,
    computed channels last in whichever of three equal ways is fastest (docs/pretraining.md): a
    single input channel is unfolded, pairs of its short blocks being small; under autocast one
    matrix product over blocks gives both halves; in 32 bits it is a convolution, which processors
    do as fast as a product or faster.

    Args:
        channels_in, channels_out: widths.
        stride: inputs for one output; the kernel is `2 * stride` long.

    Shape:
        - x: `(batch, stride * frames, channels_in)`
        - tail: `(batch, stride, channels_in)`, the block before `x`
        - output: `(batch, frames, channels_out)` and the next tail
    """

    def __init__(self, channels_in: int, channels_out: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.tail_frames = stride
        block = stride * channels_in
        self.weight = nn.Parameter(torch.empty(2 * channels_out, block))
        self.bias = nn.Parameter(torch.zeros(channels_out))
        nn.init.normal_(self.weight, std=1 / math.sqrt(block))

    def forward(self, x: Tensor, tail: Tensor) -> tuple[Tensor, Tensor]:
        """Convolve `x`, `(batch, stride * frames, channels_in)`, given the block before it."""
        joined = torch.cat([tail.to(x.dtype), x], dim=1)
        tail = joined[:, -self.stride :]
        channels = x.shape[2]
        kernel = torch.cat(self.weight.chunk(2), dim=1)
        if channels > 1 and not torch.is_autocast_enabled(x.device.type):
            taps = torch.unflatten(kernel, 1, (1, -1, channels)).movedim(3, 1)
            image = joined[:, None].movedim(3, 1)
            y = F.conv2d(image, taps, self.bias, stride=(1, self.stride))
            return y[:, :, 0].transpose(1, 2), tail
        blocks = joined.reshape(x.shape[0], -1, self.weight.shape[1])
        if channels == 1:
            pairs = torch.cat([blocks[:, :-1], blocks[:, 1:]], dim=-1)
            return F.linear(pairs, kernel, self.bias), tail
        older, newer = F.linear(blocks, self.weight).chunk(2, dim=-1)
        return older[:, :-1] + newer[:, 1:] + self.bias, tail


class StridedBlock(nn.Module):
    """Strided convolution, norm, ReLU.

    Shape:
        - x: `(batch, stride * frames, channels_in)`
        - tail: `(batch, stride, channels_in)`
        - output: `(batch, frames, channels_out)` and the next tail
    """

    def __init__(self, channels_in: int, channels_out: int, stride: int, norm: NormKind) -> None:
        super().__init__()
        self.conv = StridedConv(channels_in, channels_out, stride)
        self.norm = make_norm(norm, channels_out)
        self.tail_shape = (stride, channels_in)

    def forward(self, x: Tensor, tail: Tensor) -> tuple[Tensor, Tensor]:
        """Transform `x`, `(batch, stride * frames, channels_in)`, given the block before it."""
        y, tail = self.conv(x, tail)
        return F.relu(self.norm(y)).to(x.dtype), tail.float()


def receptive_field(strides: tuple[int, ...], samples_per_input: int = 1, inputs: int = 1) -> int:
    """Samples that one output of a stack of `StridedConv` depends on.

    Args:
        strides: of the layers, in order; each kernel is twice its stride.
        samples_per_input: distance of the stack's inputs in samples.
        inputs: samples that one input of the stack depends on.
    """
    field, step = inputs, samples_per_input
    for stride in strides:
        field += (2 * stride - 1) * step
        step *= stride
    return field


def tail_shapes(blocks: Iterable[nn.Module]) -> list[tuple[int, ...]]:
    """Shapes of the tails that `StridedBlock`s carry, without their batch axis."""
    return [block.tail_shape for block in blocks if isinstance(block, StridedBlock)]
