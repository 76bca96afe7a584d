"""The head that all pitches share, in numpy: two linear layers with a ReLU between them."""

from collections.abc import Mapping

import numpy as np

from realtime.inference.spec import HEAD_TENSORS, OUTPUTS
from realtime.values.arrays import Floats


def head_logits(features: Floats, weights: Mapping[str, Floats]) -> Floats:
    """What a head answers.

    Args:
        features: (n, feature_width), what the graph gives as `features`, a row a pitch.
        weights: `HEAD_TENSORS`.

    Returns:
        Logits (n, 4, look_aheads): `OUTPUTS` in order.
    """
    hidden_weight, hidden_bias, out_weight, out_bias = (weights[name] for name in HEAD_TENSORS)
    hidden = np.maximum(features @ hidden_weight + hidden_bias, 0)
    answers: Floats = hidden @ out_weight + out_bias
    return answers.reshape(len(features), len(OUTPUTS), -1)
