"""Replays the audio that export stored in a model file and compares every logit."""

import base64
import binascii
import io
import math
import zipfile
import zlib

import numpy as np

from realtime.inference.head import head_logits
from realtime.inference.instruments import BUNDLED
from realtime.inference.onnx_model import OnnxModel
from realtime.inference.spec import INSTRUMENTS, OUTPUTS, SELF_TEST_TOLERANCE
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError

DAMAGED = (binascii.Error, ValueError, KeyError, OSError, EOFError, IndexError, zipfile.BadZipFile,
           zlib.error, RecursionError, NotImplementedError, RuntimeError, TypeError)  # fmt: skip
"""What may come of a stored self-test that somebody has changed."""
MOST_BYTES = 64 << 20
"""A stored self-test may unpack to so much; export writes about 1 MB."""


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
        packed = base64.b64decode(stored)
        _require_small(packed)
        with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
            audio = arrays["audio"].astype(np.float32) / 32768
            names = (*OUTPUTS, INSTRUMENTS) if model.spec.instruments else OUTPUTS
            expected = {name: arrays[name] for name in names}
        hops = audio.reshape(-1, model.spec.hop_samples)
        if not len(hops) or any(len(rows) != len(hops) for rows in expected.values()):
            raise ValueError("it tests nothing")
    except DAMAGED as error:
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


def _require_small(packed: bytes) -> None:
    """Refuse by what it says of itself, before anything is unpacked.

    Raises:
        ValueError, zipfile.BadZipFile: if it unpacks to more than `MOST_BYTES`, or says other sizes
            in two places.
    """
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        members = archive.infolist()
        if sum(member.file_size for member in members) > MOST_BYTES:
            raise ValueError("it unpacks to too much")
        for member in members:
            with archive.open(member) as file:
                version = np.lib.format.read_magic(file)
                read = np.lib.format.read_array_header_1_0
                shape, _, dtype = read(file) if version == (1, 0) else ((MOST_BYTES,), False, None)
                size = math.prod(shape) * (dtype.itemsize if dtype is not None else 1)
                if size > member.file_size or min(shape, default=1) < 0:
                    raise ValueError("an array is larger than what is stored")


def _difference(found: np.ndarray, expected: np.ndarray) -> float:
    """The largest of all; infinite where one is no number or there is nothing to compare."""
    if found.shape != expected.shape or not found.size:
        return float("inf")
    difference = float(np.abs(found - expected).max())
    return difference if np.isfinite(difference) else float("inf")
