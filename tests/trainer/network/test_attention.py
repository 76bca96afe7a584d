"""Attention of the transformer against the sum that defines it, one query at a time."""

import math

import pytest
import torch

from trainer.network.contexts.transformer import TransformerLayer, TransformerSettings


@pytest.mark.parametrize("positions", ["absolute", "relative"])
def test_a_frame_attends_to_its_own_window_as_the_formula_says(positions):
    torch.manual_seed(3)
    window, frames, width = 5, 9, 4
    layer = TransformerLayer(
        TransformerSettings(width=2 * width, heads=2, window=window, positions=positions)
    )
    queries = torch.randn(2, 2, frames, width)
    keys, values = torch.randn(2, 2, 2, frames + window - 1, width)
    found = layer.attend(queries, keys, values)
    for frame in range(frames):
        seen = slice(frame, frame + window)
        chosen = keys[:, :, seen]
        if layer.distances is not None:
            chosen = chosen + layer.distances.flip(0)
        scores = torch.einsum("bhw,bhsw->bhs", queries[:, :, frame], chosen) / math.sqrt(width)
        wanted = torch.einsum("bhs,bhsw->bhw", scores.softmax(-1), values[:, :, seen])
        torch.testing.assert_close(found[:, :, frame], wanted)
