"""InfoNCE: tell the frame that came from frames that did not."""

import torch
from torch import Tensor


def info_nce(positive: Tensor, negatives: Tensor) -> tuple[Tensor, Tensor]:
    """Loss and success of each prediction (arXiv 1807.03748, equation 4).

    Args:
        positive: `(...)` score of the frame that came.
        negatives: `(..., N)` scores of frames that did not.

    Returns:
        `(...)` cross-entropy in nats of finding the positive among 1 + N frames, ln(1 + N) where
        all scores are equal; and `(...)` 1 where the positive is scored above every negative, else
        0. A tie counts as a miss, so that a collapsed encoder cannot look perfect.
    """
    scores = torch.cat([positive[..., None], negatives], dim=-1)
    loss = torch.logsumexp(scores, dim=-1) - positive
    return loss, (positive > negatives.amax(dim=-1)).float()


def chance_accuracy(pool: Tensor, count: int) -> Tensor:
    """How often random scores place the positive above all its negatives.

    `count` draws with replacement from `pool` frames hit `pool * (1 - (1 - 1 / pool) ** count)`
    different ones on average, and the positive is the best of those and itself in one of
    1 + so many cases. (The mean of the inverse is a little above the inverse of the mean: 0.2 %
    for 128 draws from 215, 1 % for 15 from 50.)

    Args:
        pool: `(...)` frames that could be drawn, 1 or more.
        count: negatives of each positive.

    Returns:
        `(...)` share of successes (0-1), 1 / (1 + count) where the pool is endless.
    """
    missed = torch.exp(count * torch.log1p(-1.0 / pool))
    return 1.0 / (1.0 + pool * (1.0 - missed))
