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
