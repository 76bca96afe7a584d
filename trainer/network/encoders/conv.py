"""Van den Oord's encoder: five strided convolutions on raw audio."""

from dataclasses import dataclass
from math import prod

import torch
from torch import Tensor, nn

from realtime.values.ranges import Count
from trainer.network.layers.norms import NormKind
from trainer.network.layers.parts import Encoder
from trainer.network.layers.strided import StridedBlock, receptive_field, tail_shapes


@dataclass(frozen=True)
class ConvSettings:
    """Widths of the convolutional encoder."""

    sample_rate: Count = 16_000
    """Rate of the audio, Hz."""
    channels: Count = 256
    """Features of every layer, and of a frame."""
    strides: tuple[Count, ...] = (5, 4, 2, 2, 2)
    """Step of each layer; kernels are twice as long. The product is the hop in samples."""
    norm: NormKind = "channel"
    """channel, batch and none stream; instance needs the whole recording and is refused at export.
    batch lets frames see the batch's future while training."""


class ConvEncoder(Encoder):
    """Five causal strided convolutions with norm and ReLU (arXiv 1807.03748, section 3.1).

    Kernels 10, 8, 4, 4, 4 and strides 5, 4, 2, 2, 2: a frame every 160 samples that depends on the
    newest 465. Padding is causal: a frame ends with the newest sample of its hop, where the paper's
    reaches 313 samples into the future.

    Shape:
        - audio: `(batch, hops * hop_samples)`
        - output: `(batch, hops, channels)`, an empty spectrum `(batch, hops, 0)`, next state
    """

    rows = 0
    bins = 0

    def __init__(self, settings: ConvSettings = ConvSettings()) -> None:
        super().__init__()
        self.settings = settings
        self.sample_rate = settings.sample_rate
        self.hop_samples = prod(settings.strides)
        self.width = settings.channels
        widths = (1, *[settings.channels] * len(settings.strides))
        self.blocks = nn.ModuleList(
            StridedBlock(widths[i], widths[i + 1], stride, settings.norm)
            for i, stride in enumerate(settings.strides)
        )

    @property
    def receptive_field(self) -> int:
        """Newest samples that a frame depends on."""
        return receptive_field(self.settings.strides)

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Carried tensors without their batch axis: the block before, layer by layer."""
        return {f"conv{i}_tail": tail for i, tail in enumerate(tail_shapes(self.blocks))}

    def forward(self, audio: Tensor, *tails: Tensor) -> tuple[Tensor, ...]:
        """Encode every hop of `audio`; returns (frames, spectrum, *next state)."""
        x = audio[..., None]
        following = []
        for block, tail in zip(self.blocks, tails, strict=True):
            x, tail = block(x, tail)
            following.append(tail)
        return x, x.new_zeros((*x.shape[:2], 0), dtype=torch.float32), *following
