"""Predictors of every kind: they see no later frame, and each has its own reach."""

import typing

import pytest
import torch

from trainer.pretraining.predictors import Predictor, PredictorKind

REACH = {"linear": 1, "ffd": 1, "conv4": 4, "conv8": 8, "conv12": 12}
"""Frames of context that a prediction depends on; the others remember everything."""


@pytest.mark.parametrize("kind", typing.get_args(PredictorKind))
def test_a_prediction_depends_on_so_many_frames_and_no_later_one(kind):
    torch.manual_seed(2)
    predictor = Predictor(kind, 6, 5, steps=3, dropout=0.0).eval()
    context = torch.randn(2, 20, 6, requires_grad=True)
    anchors = torch.tensor([3, 15])
    predicted = predictor(context, anchors)
    assert predicted.shape == (2, 2, 3, 5)
    predicted[:, 1].sum().backward()
    heard = context.grad.abs().sum(dim=(0, 2)).nonzero().flatten()
    assert int(heard.max()) == 15
    assert int(heard.min()) == (15 - REACH[kind] + 1 if kind in REACH else 0)


@pytest.mark.parametrize("kind", ["conv4", "lstm"])
def test_before_the_first_frame_there_is_silence(kind):
    torch.manual_seed(2)
    predictor = Predictor(kind, 6, 5, steps=3, dropout=0.0).eval()
    context = torch.randn(1, 5, 6)
    alone = predictor(context[:, :1], torch.tensor([0]))
    torch.testing.assert_close(predictor(context, torch.tensor([0])), alone)
