"""From the context of a frame to what is expected some frames later."""

from typing import Literal

import torch
from torch import Tensor, nn

from trainer.network.contexts.transformer import TransformerContext, TransformerSettings

PredictorKind = Literal["linear", "transformer"]


class Predictor(nn.Module):
    """One linear map for each step, optionally after a causal transformer layer over the context.

    `linear` is `W_k c` of arXiv 1807.03748, equation 3; `transformer` follows arXiv 2002.02848,
    section 2.2, with one layer shared by all steps instead of one each.

    Args:
        kind: linear or transformer.
        width_in: features of the context.
        width_out: features of the predicted frames.
        steps: how many predictions are made from a frame.
        dropout: chance (0-1) that a feature of the context is left out, in training only.

    Shape:
        - context: `(batch, frames, width_in)`
        - anchors: `(anchors,)` frames to predict from
        - output: `(batch, anchors, steps, width_out)`
    """

    HEAD_WIDTH = 32
    WINDOW = 128

    def __init__(
        self, kind: PredictorKind, width_in: int, width_out: int, steps: int, dropout: float
    ) -> None:
        super().__init__()
        self.steps = steps
        self.dropout = nn.Dropout(dropout)
        self.attend = None
        if kind == "transformer":
            width = -(-width_in // self.HEAD_WIDTH) * self.HEAD_WIDTH
            settings = TransformerSettings(
                width=width,
                heads=width // self.HEAD_WIDTH,
                layers=1,
                feedforward=2 * width,
                window=self.WINDOW,
                dropout=dropout,
            )
            self.attend = TransformerContext(width_in, settings)
            width_in = width
        self.map = nn.Linear(width_in, steps * width_out)

    def forward(self, context: Tensor, anchors: Tensor) -> Tensor:
        """Predict from the frames `anchors`."""
        if self.attend is not None:
            shapes = self.attend.state_shapes().values()
            silence = [context.new_zeros((len(context), *s), dtype=torch.float32) for s in shapes]
            context = self.attend(context, *silence)[0]
        predicted = self.map(self.dropout(context[:, anchors]))
        return predicted.unflatten(-1, (self.steps, -1))
