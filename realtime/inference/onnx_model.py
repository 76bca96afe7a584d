"""The exported network: ONNX Runtime session, load checks and the state carried from hop to hop."""

import contextlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from realtime.errors import UserError
from realtime.inference.onnx_file import OnnxSummary, summarize
from realtime.inference.sandbox import reason_of, rehearse
from realtime.inference.spec import INSTRUMENTS, METADATA_KEY, OUTPUTS, SELF_TEST_KEY, ModelSpec
from realtime.processes import memory_limit

if TYPE_CHECKING:
    import onnxruntime

Floats = npt.NDArray[np.float32]


BUNDLED = Path(__file__).resolve().parents[1] / "bundled" / "default.onnx"


LARGEST_FILE = 64 * 2**20


LARGEST_STATE = 16 * 2**20
"""Bytes and numbers; a live model is far below both."""


@dataclass(frozen=True, slots=True)
class Activations:
    """What the network says about one frame: probabilities (pitch_count,), and its spectrum."""

    onset: Floats
    frame: Floats
    offset: Floats
    velocity: Floats
    spectrum: Floats | None = None
    """(spectrum_bins,) natural log magnitude, where the model gives one."""
    instruments: Floats | None = None
    """Probability of each of `spec.instruments`, their sum 1, where the model tells them apart."""
    early: Mapping[int, tuple[Floats, Floats]] = field(default_factory=dict)
    """Look-ahead in frames -> onset and velocity (pitch_count,) of the shorter look-aheads that
    the decoder in use listens to."""


class HopModel(Protocol):
    """What the engine needs of a model."""

    spec: ModelSpec
    head: int

    def step(self, hop: Floats) -> Activations:
        """One hop (hop_samples,) -> what is due now."""

    def reset(self) -> None:
        """Back to silence before the first sample."""


class OnnxModel:
    """A model file in memory. `head` is the look-ahead in use and may be changed between steps.

    Args:
        path: the file; None is the bundled model.
        latency_ms: longest look-ahead allowed, None for the model's default.
        providers: ONNX Runtime execution providers, most wanted first.

    Raises:
        UserError: if the file cannot be read, is not one of ours, asks for more than it may
            (external files, foreign operators, absurd sizes, memory or time of a first hop) or a
            provider is not to be had.
    """

    def __init__(
        self,
        path: Path | None = None,
        latency_ms: float | None = None,
        providers: tuple[str, ...] = ("CPUExecutionProvider",),
    ) -> None:
        self.path = path or BUNDLED
        content, summary = read_model_file(self.path)
        if path is None:
            check_bundled(content)
        self.spec = _spec_of(summary, self.path)
        self.head = self.spec.head_for(latency_ms)
        self.stored_self_test: str = summary.metadata.get(SELF_TEST_KEY, "")
        """What `inference.self_test` replays; "" where the file carries none."""
        with memory_limit() if path is not None else contextlib.nullcontext():
            self._session = _open_session(content, providers, self.path)
        _check_signature(self._session, self.spec, self.path)
        self._state_names = [state.name for state in self.spec.state]
        extras = {"spectrum": self.spec.spectrum_bins, INSTRUMENTS: self.spec.instruments}
        self._output_names = [*OUTPUTS, *(name for name, given in extras.items() if given)]
        self.state_resets = 0
        self._looked = 0
        if path is not None:
            fetch = [*self._output_names, *(f"next_{name}" for name in self._state_names)]
            silence = np.zeros((1, self.spec.hop_samples), dtype=np.float32)
            state = {s.name: np.zeros(s.shape, dtype=np.float32) for s in self.spec.state}
            rehearse(self._session, fetch, {"audio": silence, **state}, self.path)
        self._bind()

    def _bind(self) -> None:
        """Give the runtime memory of ours to read and write, so that a hop allocates none.

        There are two states: each hop reads one and writes the other.
        """
        from onnxruntime import OrtValue

        spec = self.spec
        shape = (len(OUTPUTS), 1, 1, len(spec.heads), spec.pitch_count)
        self._logits = np.zeros(shape, dtype=np.float32)
        self._outputs = dict(zip(OUTPUTS, self._logits, strict=True))
        sizes = {"spectrum": spec.spectrum_bins, INSTRUMENTS: len(spec.instruments)}
        for name in self._output_names[len(OUTPUTS) :]:
            self._outputs[name] = np.zeros((1, 1, sizes[name]), dtype=np.float32)
        self._audio = np.zeros((1, spec.hop_samples), dtype=np.float32)
        self._states: list[list[Floats]] = [
            [np.zeros(state.shape, dtype=np.float32) for state in spec.state] for _ in range(2)
        ]
        value = OrtValue.ortvalue_from_numpy
        states = [[value(tensor) for tensor in tensors] for tensors in self._states]
        outputs = {name: value(tensor) for name, tensor in self._outputs.items()}
        audio = value(self._audio)
        self._bindings = []
        for before, after in (states, states[::-1]):
            binding = self._session.io_binding()
            binding.bind_ortvalue_input("audio", audio)
            for name, output in outputs.items():
                binding.bind_ortvalue_output(name, output)
            for name, old, new in zip(self._state_names, before, after, strict=True):
                binding.bind_ortvalue_input(name, old)
                binding.bind_ortvalue_output(f"next_{name}", new)
            self._bindings.append(binding)
        self._next = 0
        self._sound = True

    def reset(self) -> None:
        """Back to silence before the first sample."""
        for tensor in self._states[self._next]:
            tensor.fill(0)

    def step(self, hop: Floats) -> Activations:
        """One hop of mono audio (hop_samples,), float32 in [-1, 1] -> what is due now.

        Samples that are not finite count as 0. Should the state ever become non-finite it is
        reset and counted in `state_resets`.

        Raises:
            UserError: if the runtime fails.
        """
        self._run(hop)
        logits = self._logits[:, 0, 0]
        if not self._sound:
            logits = np.nan_to_num(logits, nan=-30.0, posinf=30.0, neginf=-30.0)
        every = np.float32(0.5) * (1 + np.tanh(np.float32(0.5) * logits))
        onset, frame, offset, velocity = every[:, self.head]
        sooner = {
            self.spec.heads[head].look_ahead_frames: (every[0, head], every[3, head])
            for head in self._sooner
        }
        outputs, spec = self._outputs, self.spec
        spectrum = outputs["spectrum"][0, 0].copy() if spec.spectrum_bins else None
        instruments = softmax(outputs[INSTRUMENTS][0, 0]) if spec.instruments else None
        return Activations(onset, frame, offset, velocity, spectrum, instruments, sooner)

    @property
    def _sooner(self) -> list[int]:
        """Heads of shorter look-aheads that the decoder of the one in use listens to."""
        frames = {frames for frames, _ in self.spec.heads[self.head].decoder.early}
        return [i for i, head in enumerate(self.spec.heads) if head.look_ahead_frames in frames]

    def logits(self, hop: Floats) -> dict[str, Floats]:
        """One step, as the network's own numbers of every head: name -> (n_heads, pitch_count).

        `instruments`, where the model has them: (n_instruments,).
        """
        self._run(hop)
        names = (*OUTPUTS, INSTRUMENTS) if self.spec.instruments else OUTPUTS
        return {name: self._outputs[name][0, 0].copy() for name in names}

    def _run(self, hop: Floats) -> None:
        self._audio[0] = hop
        if not np.isfinite(hop).all():
            np.nan_to_num(self._audio, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
        try:
            self._session.run_with_iobinding(self._bindings[self._next])
        except Exception as error:  # the runtime's exceptions share no base class of their own
            raise UserError(f"Model {self.path} stopped working ({reason_of(error)}).") from error
        self._next = 1 - self._next
        self._heal_state()

    def _heal_state(self) -> None:
        """Start afresh where the state is no number; all of it where the outputs are none.

        Otherwise one tensor a hop in turn: what is wrong in a tensor reaches the outputs anyway.
        """
        states = self._states[self._next]
        self._looked = (self._looked + 1) % max(1, len(states))
        self._sound = math.isfinite(float(self._logits.sum()))
        if self._sound:
            states = states[self._looked : self._looked + 1]
        if not all(math.isfinite(float(state.sum())) for state in states):
            self.reset()
            self.state_resets += 1


def softmax(scores: Floats) -> Floats:
    """Scores -> probabilities that add up to 1; all alike where a score is no number."""
    if not np.isfinite(scores).all():
        scores = np.zeros_like(scores)
    weights = np.exp(scores - scores.max())
    probabilities: Floats = weights / weights.sum()
    return probabilities


def read_model_file(path: Path) -> tuple[bytes, OnnxSummary]:
    """Read a model file and refuse what must not reach the runtime.

    Raises:
        UserError: naming the file and the reason.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise UserError(f"Model {path} has {size >> 20} MB; at most 64 MB are accepted.")
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"Cannot read model {path}: {error.strerror or error}.") from error
    try:
        summary = summarize(content)
    except UserError as error:
        raise UserError(f"Cannot use model {path}: {error}") from error
    if summary.external_data:
        raise UserError(f"Cannot use model {path}: it keeps data in other files.")
    if summary.domains:
        names = ", ".join(sorted(summary.domains))
        raise UserError(f"Cannot use model {path}: it needs foreign operators ({names}).")
    return content, summary


def check_bundled(content: bytes) -> None:
    """Compare the bundled model with the hash that was released beside it.

    Raises:
        UserError: if it is another file.
    """
    import hashlib

    expected = BUNDLED.with_suffix(".sha256")
    if expected.is_file() and hashlib.sha256(content).hexdigest() not in expected.read_text():
        raise UserError(
            f"The bundled model {BUNDLED} is not the one that was released: it was changed or "
            "damaged. Install the program again, or name a model of your own with --model."
        )


def _spec_of(summary: OnnxSummary, path: Path) -> ModelSpec:
    text = summary.metadata.get(METADATA_KEY)
    if text is None:
        raise UserError(
            f"Cannot use model {path}: it is an ONNX file but not one of Jaka to Melodia; "
            "make one with `jtm export`."
        )
    try:
        spec = ModelSpec.from_json(text)
    except UserError as error:
        raise UserError(f"Cannot use model {path}: {error}") from error
    sizes = [math.prod(state.shape) for state in spec.state]
    if any(size <= 0 for size in sizes) or sum(sizes) > LARGEST_STATE:
        raise UserError(f"Cannot use model {path}: its carried state has an absurd size.")
    return spec


def _open_session(
    content: bytes, providers: tuple[str, ...], path: Path
) -> "onnxruntime.InferenceSession":
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(content, options, providers=list(providers))
    except Exception as error:  # the runtime's exceptions share no base class of their own
        reason = str(error).splitlines()[0][:200]
        raise UserError(f"Cannot use model {path}: the runtime refuses it ({reason}).") from error
    if providers[0] not in session.get_providers():
        raise UserError(
            f"ONNX Runtime cannot use {providers[0]} here (it offers "
            f"{', '.join(session.get_providers())}); leave the choice out to use the CPU."
        )
    return session


def _check_signature(session: Any, spec: ModelSpec, path: Path) -> None:
    """Compare the graph's inputs and outputs with what the specification promises."""
    heads = len(spec.heads)
    inputs: dict[str, tuple[int, ...]] = {"audio": (1, spec.hop_samples)}
    outputs = {name: (1, 1, heads, spec.pitch_count) for name in OUTPUTS}
    expected: dict[str, tuple[int, ...]] = dict(outputs)
    if spec.spectrum_bins:
        expected["spectrum"] = (1, 1, spec.spectrum_bins)
    if spec.instruments:
        expected[INSTRUMENTS] = (1, 1, len(spec.instruments))
    for state in spec.state:
        inputs[state.name] = state.shape
        expected[f"next_{state.name}"] = state.shape
    for kind, wanted, present in (
        ("input", inputs, session.get_inputs()),
        ("output", expected, session.get_outputs()),
    ):
        found = {item.name: item for item in present}
        for name, shape in wanted.items():
            if name not in found:
                raise UserError(f"Cannot use model {path}: {kind} '{name}' is missing.")
            fixed = [size for size in found[name].shape]
            fits = len(fixed) == len(shape) and all(
                not isinstance(size, int) or size == want
                for size, want in zip(fixed, shape, strict=True)
            )
            if not fits or found[name].type != "tensor(float)":
                raise UserError(
                    f"Cannot use model {path}: {kind} '{name}' is {found[name].type} {fixed}, "
                    f"not float {list(shape)}."
                )
        extra = set(found) - set(wanted)
        if kind == "input" and extra:
            raise UserError(f"Cannot use model {path}: unknown input '{min(extra)}'.")
