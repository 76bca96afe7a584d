"""CPC_audio's shapes in plain torch, to measure ours against (facebookresearch/CPC_audio).

Five convolutions with kernels 10, 8, 4, 4, 4, strides 5, 4, 2, 2, 2 and symmetric padding, each
with a norm over channels and a ReLU, then one GRU: 256 features a frame of 160 samples.
"""

import torch
from torch import Tensor, nn

KERNELS = (10, 8, 4, 4, 4)
STRIDES = (5, 4, 2, 2, 2)
PADDINGS = (3, 2, 1, 1, 1)


class ChannelNorm(nn.Module):
    """Mean 0 and variance 1 over the channels of each frame, `(batch, channels, frames)`."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1, channels, 1))
        self.bias = nn.Parameter(torch.zeros(1, channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Normalise frames `(batch, channels, frames)`; the shape stays."""
        variance, mean = torch.var_mean(x, dim=1, keepdim=True)
        return (x - mean) * torch.rsqrt(variance + 1e-5) * self.weight + self.bias


class PlainConvGru(nn.Module):
    """`(batch, 1, samples)` -> features and context, both `(batch, frames, width)`."""

    def __init__(self, width: int = 256) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 1
        for kernel, stride, padding in zip(KERNELS, STRIDES, PADDINGS, strict=True):
            conv = nn.Conv1d(channels, width, kernel, stride, padding)
            layers += [conv, ChannelNorm(width), nn.ReLU()]
            channels = width
        self.encoder = nn.Sequential(*layers)
        self.context = nn.GRU(width, width, batch_first=True)

    def forward(self, audio: Tensor) -> tuple[Tensor, Tensor]:
        """Encode, then run along time."""
        features = self.encoder(audio).transpose(1, 2)
        return features, self.context(features)[0]
