"""Causal building blocks. A layer that needs the past takes it and returns it; none keeps any.

Activations are laid out `(batch, frames, rows, channels)`: channels last in memory, which is what
oneDNN's convolutions want, and what a layer norm or a linear map reads without a copy.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class CausalConv(nn.Module):
    """2-D convolution over (time, rows) that sees the present and the past only.

    Args:
        channels_in, channels_out: widths.
        kernel: (frames, rows); frames reach into the past, rows are centred.
        row_stride: step along the rows.

    Shape:
        - x: `(batch, frames, rows, channels_in)`
        - tail: `(batch, kernel_frames - 1, rows, channels_in)`, the frames before `x`
        - output: `(batch, frames, rows // row_stride, channels_out)` and the next tail
    """

    def __init__(
        self, channels_in: int, channels_out: int, kernel: tuple[int, int], row_stride: int = 1
    ) -> None:
        super().__init__()
        self.tail_frames = kernel[0] - 1
        margin = (kernel[1] - row_stride) // 2
        self.conv = nn.Conv2d(
            channels_in, channels_out, kernel, stride=(1, row_stride), padding=(0, margin)
        )

    def forward(self, x: Tensor, tail: Tensor) -> tuple[Tensor, Tensor]:
        """Convolve the frames of `x`, given the frames before it."""
        x = torch.cat([tail.to(x.dtype), x], dim=1)
        y = self.conv(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        return y, x[:, x.shape[1] - self.tail_frames :]


class ChannelNorm(nn.LayerNorm):
    """Layer norm over channels in the precision of its input; the sums inside are float32.

    Autocast would have it read and write float32, which on a CPU takes three times as long.

    Shape:
        - x and output: `(..., channels)`
    """

    def forward(self, x: Tensor) -> Tensor:
        """Normalise every vector of channels, `(..., channels)`."""
        with torch.autocast(x.device.type, enabled=False):
            weight, bias = self.weight.to(x.dtype), self.bias.to(x.dtype)
            return F.layer_norm(x, self.normalized_shape, weight, bias, self.eps)


class HarmonicStack(nn.Module):
    """Brings the rows that share harmonics with a pitch to that pitch, then mixes them linearly.

    Row `p` of the output sees rows `p + offset` of the input for every offset; rows outside the
    input are zero. After the harmonic stacking of Bittner et al. 2022 (arXiv 2203.09893).

    Shape:
        - x: `(batch, frames, rows_in, channels_in)`
        - output: `(batch, frames, rows_out, channels_out)`
    """

    def __init__(
        self, channels_in: int, channels_out: int, rows_out: int, offsets: tuple[int, ...]
    ) -> None:
        super().__init__()
        self.rows_out = rows_out
        self.offsets = offsets
        self.mix = nn.Linear(channels_in * len(offsets), channels_out)

    def forward(self, x: Tensor) -> Tensor:
        """Stack rows of `x`, `(batch, frames, rows_in, channels_in)`, with their harmonics."""
        below = max(0, -min(self.offsets))
        above = max(0, max(self.offsets) + self.rows_out - x.shape[2])
        padded = F.pad(x, (0, 0, below, above))
        shifted = [
            padded[:, :, below + offset : below + offset + self.rows_out] for offset in self.offsets
        ]
        result: Tensor = self.mix(torch.cat(shifted, dim=-1))
        return result


class ResidualBlock(nn.Module):
    """Layer norm over channels, causal 3x3 convolution, ReLU, causal 3x3 convolution, plus input.

    The norm sees one frame and one row at a time, so it streams.

    Shape:
        - x and output: `(batch, frames, rows, channels)`
        - tails: twice `(batch, 2, rows, channels)`
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = ChannelNorm(channels)
        self.first = CausalConv(channels, channels, (3, 3))
        self.second = CausalConv(channels, channels, (3, 3))
        with torch.no_grad():
            if self.second.conv.bias is not None:
                self.second.conv.bias.zero_()
            self.second.conv.weight.mul_(0.3)

    def begin_as_nothing(self) -> None:
        """Pass the input on unchanged until training says otherwise."""
        nn.init.zeros_(self.second.conv.weight)

    def forward(self, x: Tensor, tail1: Tensor, tail2: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Transform the frames of `x`, given both tails."""
        y, tail1 = self.first(self.norm(x), tail1)
        y, tail2 = self.second(F.relu(y), tail2)
        return x + y, tail1, tail2


class HarmonicLayer(nn.Module):
    """Adds to each pitch what the pitches at some offsets from it sound like, above and below.

    It begins as nothing: the weights that close it are zeros.

    Args:
        channels: features of a pitch.
        narrow: features of a pitch that the others see.
        rows: pitches.
        offsets: semitones.

    Shape:
        - x and output: `(batch, frames, rows, channels)`
    """

    def __init__(self, channels: int, narrow: int, rows: int, offsets: tuple[int, ...]) -> None:
        super().__init__()
        self.norm = ChannelNorm(channels)
        self.narrow = nn.Linear(channels, narrow)
        self.stack = HarmonicStack(narrow, channels, rows, offsets)
        self.begin_as_nothing()

    def begin_as_nothing(self) -> None:
        """Pass the input on unchanged until training says otherwise."""
        nn.init.zeros_(self.stack.mix.weight)
        nn.init.zeros_(self.stack.mix.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Add to each row of `x`, `(batch, frames, rows, channels)`, what its harmonics say."""
        found: Tensor = self.stack(F.relu(self.narrow(self.norm(x))))
        return x + found
