"""A model small enough to build in a test: a bank of matched filters that hears sine tones."""

import base64
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from realtime.inference.spec import (
    METADATA_KEY,
    SELF_TEST_KEY,
    DecoderSettings,
    HeadSpec,
    ModelSpec,
    StateSpec,
)

WINDOW = 2048
HOP = 160
PITCHES = 88
RATE = 16_000

SPEC = ModelSpec(
    name="toy",
    heads=(
        HeadSpec(
            4, DecoderSettings(onset_threshold=0.5, frame_threshold=0.4, offset_threshold=2.0)
        ),
        HeadSpec(
            8, DecoderSettings(onset_threshold=0.6, frame_threshold=0.5, offset_threshold=2.0)
        ),
    ),
    state=(StateSpec("tail", (1, WINDOW - HOP)), StateSpec("level", (1, PITCHES))),
    spectrum_bins=PITCHES,
    licence="MIT",
    provenance="tests/support/toy_model.py",
)


TINY = replace(
    SPEC,
    name="toy with hops of 100 ms",
    hop_samples=1600,
    state=(StateSpec("tail", (1, WINDOW - 1600)), StateSpec("level", (1, PITCHES))),
)
"""For days of sound in minutes."""


def filters() -> np.ndarray:
    """Windowed cosines and sines, (WINDOW, 2 * PITCHES)."""
    time = np.arange(WINDOW) / RATE
    window = np.hanning(WINDOW)
    frequency = 440 * 2 ** ((np.arange(PITCHES) + 21 - 69) / 12)
    phase = 2 * np.pi * frequency[np.newaxis] * time[:, np.newaxis]
    bank = np.concatenate([np.cos(phase), np.sin(phase)], axis=1) * window[:, np.newaxis]
    return (bank * 2 / window.sum()).astype(np.float32)


def build(spec: ModelSpec = SPEC, self_test: str | None = None) -> onnx.ModelProto:
    """The model as a protobuf; amplitude 0.02 of a pitch is 'on'."""
    f32 = TensorProto.FLOAT

    def constant(name, value, kind=np.float32):
        return numpy_helper.from_array(np.asarray(value, dtype=kind), name)

    weights = [
        constant("filters", filters()),
        constant("eps", 1e-6),
        constant("gain", 4.0),
        constant("floor", -np.log(0.02)),
        constant("rise_gain", 12.0),
        constant("rise_floor", -0.35),
        constant("quiet", -20.0),
        constant("half", 0.5),
        constant("tail_from", [spec.hop_samples], np.int64),
        constant("tail_to", [WINDOW], np.int64),
        constant("axis", [1], np.int64),
        constant("split", [PITCHES, PITCHES], np.int64),
        constant("as_head", [1, 1, 1, PITCHES], np.int64),
        constant("as_bins", [1, 1, PITCHES], np.int64),
        constant("heads", [1, 1, len(spec.heads), PITCHES], np.int64),
    ]
    node = helper.make_node
    nodes = [
        node("Concat", ["tail", "audio"], ["window"], axis=1),
        node("Slice", ["window", "tail_from", "tail_to", "axis"], ["next_tail"]),
        node("MatMul", ["window", "filters"], ["both"]),
        node("Split", ["both", "split"], ["re", "im"], axis=1),
        node("Mul", ["re", "re"], ["re2"]),
        node("Mul", ["im", "im"], ["im2"]),
        node("Add", ["re2", "im2"], ["power"]),
        node("Sqrt", ["power"], ["amplitude"]),
        node("Add", ["amplitude", "eps"], ["safe"]),
        node("Log", ["safe"], ["log"]),
        node("Add", ["log", "floor"], ["above"]),
        node("Mul", ["above", "gain"], ["frame_row"]),
        node("Identity", ["amplitude"], ["next_level"]),
        # an onset is where the amplitude is above the floor and grew by more than 35 % since
        node("Add", ["level", "eps"], ["safe_level"]),
        node("Log", ["safe_level"], ["old"]),
        node("Sub", ["log", "old"], ["growth"]),
        node("Mul", ["growth", "rise_gain"], ["rise"]),
        node("Add", ["rise", "rise_floor"], ["rise_row"]),
        node("Min", ["rise_row", "frame_row"], ["onset_row"]),
        node("Mul", ["frame_row", "half"], ["velocity_row"]),
        node("Mul", ["frame_row", "eps"], ["nothing"]),
        node("Add", ["nothing", "quiet"], ["offset_row"]),
        node("Reshape", ["log", "as_bins"], ["spectrum"]),
    ]
    for name in ("onset", "frame", "offset", "velocity"):
        nodes.append(node("Reshape", [f"{name}_row", "as_head"], [f"{name}_one"]))
        nodes.append(node("Expand", [f"{name}_one", "heads"], [name]))
    value = helper.make_tensor_value_info
    head_shape = [1, 1, len(spec.heads), PITCHES]
    graph = helper.make_graph(
        nodes,
        "toy",
        [
            value("audio", f32, [1, spec.hop_samples]),
            *(value(s.name, f32, list(s.shape)) for s in spec.state),
        ],
        [
            *(value(name, f32, head_shape) for name in ("onset", "frame", "offset", "velocity")),
            value("spectrum", f32, [1, 1, PITCHES]),
            *(value(f"next_{s.name}", f32, list(s.shape)) for s in spec.state),
        ],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    metadata = {METADATA_KEY: spec.to_json()}
    if self_test is not None:
        metadata[SELF_TEST_KEY] = self_test
    helper.set_model_props(model, metadata)
    return model


def save(path: Path, spec: ModelSpec = SPEC) -> Path:
    """Write the model with a self-test vector made by running it."""
    from realtime.inference.onnx_model import OnnxModel

    onnx.save(build(spec), path)
    model = OnnxModel(path)
    hop = spec.hop_samples
    audio = (8000 * np.sin(np.arange(200 * hop) * 2 * np.pi * 440 / RATE)).astype(np.int16)
    rows: dict[str, list[np.ndarray]] = {}
    for samples in audio.reshape(-1, hop):
        for name, logits in model.logits(samples.astype(np.float32) / 32768).items():
            rows.setdefault(name, []).append(logits)
    stored = io.BytesIO()
    np.savez_compressed(stored, audio=audio, **{k: np.stack(v) for k, v in rows.items()})
    onnx.save(build(spec, base64.b64encode(stored.getvalue()).decode()), path)
    return path


def melody(rate: int = RATE, seconds: float = 3.0, seed: int = 0) -> np.ndarray:
    """Decaying sines of known pitches every quarter second, with soft edges, (n,)."""
    rng = np.random.default_rng(seed)
    time = np.arange(int(rate * seconds)) / rate
    sound = np.zeros(len(time))
    for index, start in enumerate(np.arange(0.25, seconds - 0.3, 0.25)):
        pitch = int(rng.integers(76, 100)) if seed else 76 + (index * 5) % 24
        frequency = 440 * 2 ** ((pitch - 69) / 12)
        age = time - start
        edges = np.clip(age / 0.02, 0, 1) * np.clip((0.35 - age) / 0.05, 0, 1)
        sound += 0.3 * np.sin(2 * np.pi * frequency * age) * np.exp(-np.abs(age) * 3) * edges
    return sound.astype(np.float32)
