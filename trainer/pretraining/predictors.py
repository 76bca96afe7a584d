"""Predictors: from the context of a frame to what is expected some frames later."""

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trainer.network.contexts.recurrent import RecurrentContext, RecurrentSettings
from trainer.network.contexts.transformer import TransformerContext, TransformerSettings
from trainer.network.layers.parts import Context

PredictorKind = Literal["linear", "ffd", "conv4", "conv8", "conv12", "rnn", "lstm", "transformer"]
CONVOLUTIONS = {"conv4": 4, "conv8": 8, "conv12": 12}
"""Kind -> frames of context that it looks at."""


class Predictor(nn.Module):
    """One linear map for each step, optionally of what a shared layer makes of the context.

    `linear` is `W_k c` of arXiv 1807.03748, equation 3; `conv4`, `conv8` and `conv12` are the same
    of the last frames; `transformer` follows arXiv 2002.02848, section 2.2. CPC_audio has a layer
    of its own for each step (`--rnnMode`); here ffd, rnn, lstm and transformer share one.

    Args:
        kind: of the shared layer.
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
        self.past = CONVOLUTIONS.get(kind, 1)
        self.dropout = nn.Dropout(dropout)
        self.attend: Context | None = None
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
        elif kind in ("rnn", "lstm"):
            self.attend = RecurrentContext(kind, width_in, RecurrentSettings(width=width_in))
        self.hidden = nn.Linear(width_in, width_in) if kind == "ffd" else None
        self.map = nn.Linear(self.past * width_in, steps * width_out)

    def forward(self, context: Tensor, anchors: Tensor) -> Tensor:
        """Predict from the frames `anchors`; before the first frame there is silence."""
        if self.attend is not None:
            shapes = self.attend.state_shapes().values()
            silence = [context.new_zeros((len(context), *s), dtype=torch.float32) for s in shapes]
            context = self.attend(context, *silence)[0]
        if self.past > 1:
            padded = F.pad(context, (0, 0, self.past - 1, 0))
            context = padded.unfold(1, self.past, 1).flatten(2)
        heard = self.dropout(context[:, anchors])
        if self.hidden is not None:
            heard = torch.relu(self.hidden(heard))
        result: Tensor = self.map(heard).unflatten(-1, (self.steps, -1))
        return result
