"""Compares exported graph and network, and makes the self-test vector that ships with it."""

import base64
import copy
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from export.one_hop import Network
from realtime.inference.runtime import load_runtime
from realtime.inference.spec import INSTRUMENTS, OUTPUTS
from realtime.troubles.errors import UserError
from realtime.values.arrays import Floats
from realtime.values.pitches import hertz
from trainer.network.backbone import Backbone
from trainer.network.encoders.spectrum import LogFrequencySpectrum
from trainer.network.model import Transcriber

HOPS = 200
TOLERANCE = 1e-4


@dataclass(frozen=True)
class Parity:
    """Outcome of a comparison over consecutive hops."""

    hops: int
    worst: float
    """Largest absolute difference of any logit."""
    audio: npt.NDArray[np.int16]
    logits: dict[str, Floats]
    """Network's own logits, each `(hops, look_aheads, 88)`; `instruments` `(hops, classes)`."""


def make_test_audio(hops: int, hop_samples: int, sample_rate: int) -> npt.NDArray[np.int16]:
    """Struck and held tones over soft noise, the same every time, `(hops * hop_samples,)`."""
    rng = np.random.default_rng(20)
    length = hops * hop_samples
    time = np.arange(length) / sample_rate
    sound = 0.002 * rng.standard_normal(length)
    for start, pitch in zip(
        np.linspace(0.1, 0.75 * length / sample_rate, 9), rng.integers(28, 96, 9), strict=True
    ):
        age = np.maximum(time - start, 0)
        envelope = (time >= start) * np.exp(-3 * age) * (1 - np.exp(-300 * age))
        frequency = hertz(pitch)
        for partial in range(1, 6):
            sound += 0.2 / partial * envelope * np.sin(2 * np.pi * frequency * partial * age)
    return np.round(32767 * np.clip(sound, -1, 1)).astype(np.int16)


def without_rounding(model: Network) -> Network:
    """A copy whose spectra are computed in double precision."""
    model = copy.deepcopy(model)
    for layer in model.modules():
        if isinstance(layer, LogFrequencySpectrum):
            layer.double()
    return model


def measure_parity(model: Transcriber, graph: bytes, hops: int = HOPS) -> Parity:
    """Run network and graph side by side over `hops` consecutive hops, each with its own state.

    The network hears the whole stretch in one call, its spectra free of rounding: in single
    precision, quiet bins beside loud ones differ from one order of summing to another by as much
    as graph and network do. The graph hears one hop at a time, in the precision it runs in.
    """
    model = without_rounding(model)
    pcm = make_test_audio(hops, model.hop_samples, model.sample_rate)
    audio: Floats = (pcm / 32768).astype(np.float32)
    with torch.no_grad():
        whole = model.outputs(torch.from_numpy(audio)[None], model.initial_state(1))
    expected = {name: getattr(whole.activations, name)[0].numpy() for name in OUTPUTS}
    if model.class_names:
        expected[INSTRUMENTS] = whole.classes[0].numpy()

    return Parity(
        hops=hops, worst=run_beside(model, graph, audio, expected), audio=pcm, logits=expected
    )


def run_beside(model: Backbone, graph: bytes, audio: Floats, expected: dict[str, Floats]) -> float:
    """Run a graph hop by hop; the largest difference of anything in `expected`, (hops, ...)."""
    onnxruntime = load_runtime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    names = list(model.state_shapes())
    state = {name: value.numpy() for name, value in zip(names, model.initial_state(1), strict=True)}
    worst = 0.0
    for hop, block in enumerate(audio.reshape(-1, model.hop_samples)):
        outputs = session.run(
            [*expected, *(f"next_{name}" for name in names)], {"audio": block[None], **state}
        )
        state = dict(zip(names, outputs[len(expected) :], strict=True))
        for name, value in zip(expected, outputs, strict=False):
            difference = np.abs(value[0, 0] - expected[name][hop]).max()
            worst = float(np.maximum(worst, difference))  # stays no number once one is
    return worst


def require_parity(parity: Parity) -> None:
    """Refuse a graph that differs.

    Raises:
        UserError: with the difference.
    """
    if not parity.worst <= TOLERANCE:
        raise UserError(
            f"The exported graph differs from the network by {parity.worst:.2g} over "
            f"{parity.hops} hops (at most {TOLERANCE:g} is allowed); nothing was written."
        )


def pack_self_test(parity: Parity) -> str:
    """The vector as base64 of a compressed .npz: `audio` int16, logits float32 by name."""
    buffer = io.BytesIO()
    packed: dict[str, Any] = {"audio": parity.audio, **parity.logits}
    np.savez_compressed(buffer, **packed)
    return base64.b64encode(buffer.getvalue()).decode("ascii")
