"""Encoder and context -> an ONNX graph of their own: features for programs without torch."""

import json
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor, nn

from export.one_hop import for_one_hop
from export.parity import HOPS, Parity, make_test_audio, run_beside, without_rounding
from export.to_onnx import fold_batch_norms, refuse_non_causal, trace
from realtime.inference.spec import FORMAT_VERSION, StateSpec
from trainer.network.backbone import Backbone


@dataclass(frozen=True)
class FeatureSpec:
    """What a file of features declares in its metadata `jtm_features`."""

    name: str
    sample_rate: int
    """Rate of the audio that the graph takes, in Hz."""
    hop_samples: int
    outputs: dict[str, tuple[int, ...]]
    """`context` and `encoder`, and `spectrum` where there is one -> shape of a frame: (width,), or
    (88, width) with a vector for each key."""
    state: tuple[StateSpec, ...]
    """Carried tensors; all zeros means silence before the first sample."""
    licence: str
    provenance: str

    def to_json(self) -> str:
        """The text kept in the file."""
        return json.dumps({"version": FORMAT_VERSION, **asdict(self)})


def describe(model: Backbone, name: str, licence: str, provenance: str) -> FeatureSpec:
    """The specification of a network's features."""
    shapes: dict[str, tuple[int, ...]] = {}
    for output, part in (("context", model.context), ("encoder", model.encoder)):
        shapes[output] = (part.rows, part.width) if part.rows else (part.width,)
    if model.spectrum_bins:
        shapes["spectrum"] = (model.spectrum_bins,)
    state = tuple(StateSpec(state, (1, *shape)) for state, shape in model.state_shapes().items())
    rates = model.sample_rate, model.hop_samples
    return FeatureSpec(name, *rates, shapes, state, licence, provenance)


class HeardHop(nn.Module):
    """A backbone's own forward with flat inputs and outputs."""

    def __init__(self, model: Backbone) -> None:
        super().__init__()
        self.model = model

    def forward(self, audio: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        """(audio, *state) -> (context, encoder, spectrum where there is one, *next state)."""
        heard = self.model.encode(audio, state)
        spectrum = (heard.spectrum,) if self.model.spectrum_bins else ()
        return (heard.context, heard.frames, *spectrum, *heard.state)


def build_features(model: Backbone, spec: FeatureSpec) -> bytes:
    """Trace one hop in evaluation mode: `audio` (1, hop_samples) and the state -> `spec.outputs`.

    Raises:
        UserError: if a layer cannot stream.
    """
    refuse_non_causal(model)
    fold_batch_norms(model)
    return bytes(trace(HeardHop(for_one_hop(model)), model, list(spec.outputs)).SerializeToString())


def measure_features(model: Backbone, graph: bytes, spec: FeatureSpec, hops: int = HOPS) -> Parity:
    """Network and graph side by side, as `measure_parity`; differences in parts of the largest."""
    model = without_rounding(model)
    pcm = make_test_audio(hops, model.hop_samples, model.sample_rate)
    audio = (pcm / 32768).astype(np.float32)
    with torch.no_grad():
        heard = model.encode(torch.from_numpy(audio)[None], model.initial_state(1))
    layers = {"context": heard.context, "encoder": heard.frames, "spectrum": heard.spectrum}
    expected = {name: layers[name][0].numpy() for name in spec.outputs}
    largest = max(1.0, *(float(abs(values).max()) for values in expected.values()))
    worst = run_beside(model, graph, audio, expected) / largest
    return Parity(hops, worst, pcm, expected)
