"""Replays the audio that export stored in a model file and compares every logit."""

import base64
import binascii
import io
import zipfile

import numpy as np

from realtime.errors import UserError
from realtime.inference.head import head_logits
from realtime.inference.instruments import BUNDLED
from realtime.inference.onnx_model import OnnxModel
from realtime.inference.spec import INSTRUMENTS, OUTPUTS, SELF_TEST_TOLERANCE
from realtime.troubles import Code


def run_self_test(model: OnnxModel) -> float:
    """Largest difference of a logit over the stored hops; the model's state is reset.

    Of a taught instrument the model that it belongs to is tested, and the taught head against the
    same head computed from that model's features.

    Args:
        model: the model to test. Its `stored_self_test` is base64 of an .npz with `audio` int16
            (hops * hop_samples,) and one float32 (hops, n_heads, pitch_count) array per output,
            (hops, n_instruments) of that one.

    Raises:
        UserError: if nothing is stored, it cannot be read, or the difference is above 0.001.
    """
    stored = model.stored_self_test
    if not stored:
        raise UserError(Code.SELF_TEST_MISSING, path=model.path)
    try:
        with np.load(io.BytesIO(base64.b64decode(stored)), allow_pickle=False) as arrays:
            audio = arrays["audio"].astype(np.float32) / 32768
            names = (*OUTPUTS, INSTRUMENTS) if model.spec.instruments else OUTPUTS
            expected = {name: arrays[name] for name in names}
        hops = audio.reshape(-1, model.spec.hop_samples)
    except (binascii.Error, ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise UserError(Code.SELF_TEST_DAMAGED, path=model.path) from error
    if model.instrument is not None:
        base = OnnxModel(
            None if model.base_path == BUNDLED else model.base_path, with_features=True
        )
        worst = run_self_test(base)
        for hop in hops:
            base.logits(hop)
            answers = head_logits(base.features, model.instrument.weights)
            found = model.logits(hop)
            for place, name in enumerate(OUTPUTS):
                worst = max(worst, _difference(found[name], answers[:, place].T))
        return _small(worst, model)
    model.reset()
    worst = 0.0
    for index, hop in enumerate(hops):
        found = model.logits(hop)
        worst = max(worst, *(_difference(found[name], expected[name][index]) for name in names))
    return _small(worst, model)


def _small(worst: float, model: OnnxModel) -> float:
    """The difference, if it may be so large."""
    model.reset()
    if not worst <= SELF_TEST_TOLERANCE:
        raise UserError(Code.SELF_TEST_FAILED, path=model.path, worst=worst)
    return worst


def _difference(found: np.ndarray, expected: np.ndarray) -> float:
    if found.shape != expected.shape:
        return float("inf")
    return float(np.abs(found - expected).max())
