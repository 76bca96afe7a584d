"""Several pretrained networks side by side, their features concatenated."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from trainer.network.layers.parts import Encoder


class JoinedEncoder(Encoder):
    """What each part hears of the same sound, in one vector a frame or one a pitch.

    Args:
        parts: backbones of one sample rate, hop and layout.

    Raises:
        ValueError: if the parts do not fit each other.

    Shape:
        - audio: `(batch, hops * hop_samples)`
        - output: `(batch, hops, width)` or `(batch, hops, 88, width)` with the sum of the parts'
          widths, the first part's spectrum, next state
    """

    def __init__(self, parts: Sequence[Any]) -> None:
        super().__init__()
        self.parts: Any = nn.ModuleList(parts)
        first = parts[0]
        for name in ("sample_rate", "hop_samples"):
            if any(getattr(part, name) != getattr(first, name) for part in parts):
                raise ValueError(f"their {name} differ")
        if any(part.context.rows != first.context.rows for part in parts):
            raise ValueError("some give a vector for each pitch and others one for all")
        self.sample_rate, self.hop_samples = first.sample_rate, first.hop_samples
        self.rows, self.bins = first.context.rows, first.spectrum_bins
        self.width = sum(part.context.width for part in parts)

    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        """Carried tensors without their batch axis: part after part."""
        return {
            f"part{i}_{name}": shape
            for i, part in enumerate(self.parts)
            for name, shape in part.state_shapes().items()
        }

    def forward(self, audio: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        """Encode every hop of `audio`; returns (frames, spectrum, *next state)."""
        features, spectra, following = [], [], []
        for part in self.parts:
            count = len(part.state_shapes())
            own, state = state[:count], state[count:]
            heard = part.encode(audio, own)
            features.append(heard.context)
            spectra.append(heard.spectrum)
            following += heard.state
        return torch.cat(features, dim=-1), spectra[0], *following
