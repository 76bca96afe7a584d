"""The exported network: ONNX Runtime session, load checks and the state carried from hop to hop."""

import contextlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from realtime.inference.instruments import BUNDLED
from realtime.inference.model_file import open_model_file
from realtime.inference.runtime import load_runtime
from realtime.inference.sandbox import HopWatch, reason_of, rehearse, unusable
from realtime.inference.spec import FEATURES, INSTRUMENTS, OUTPUTS, ModelSpec
from realtime.processes.limits import memory_limit
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.values.arrays import Floats
from realtime.values.log_odds import to_probabilities

if TYPE_CHECKING:
    import onnxruntime


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
    heads: Floats | None = None
    """(2, heads, pitch_count): onset and frame of every look-ahead, where the model has several."""


class HopModel(Protocol):
    """What the engine needs of a model."""

    spec: ModelSpec
    head: int

    def step(self, hop: Floats) -> Activations:
        """One hop (hop_samples,) -> what is due now."""

    def reset(self) -> None:
        """Back to silence before the first sample."""


@runtime_checkable
class BlockModel(HopModel, Protocol):
    """A model that computes several hops at once faster than one by one, for recordings."""

    def steps(self, hops: Floats) -> list[Activations]:
        """Hops (n, hop_samples) -> what `step` would say of each."""


class OnnxModel:
    """A model file in memory. `head` is the look-ahead in use and may be changed between steps.

    Args:
        path: the file, a model or a taught instrument; None is the bundled model.
        latency_ms: longest look-ahead allowed, None for the model's default.
        providers: ONNX Runtime execution providers, most wanted first.
        with_features: also fetch what the head reads, for teaching; it costs live use nothing.

    Raises:
        UserError: if the file cannot be read, is not one of ours, belongs to another model, asks
            for more than it may (external files, foreign operators, absurd sizes, memory or time of
            a first hop) or a provider is not to be had.
    """

    def __init__(
        self,
        path: Path | None = None,
        latency_ms: float | None = None,
        providers: tuple[str, ...] = ("CPUExecutionProvider",),
        with_features: bool = False,
    ) -> None:
        self.path = path or BUNDLED
        opened = open_model_file(path)
        self.spec, self.base_path = opened.spec, opened.base_path
        self.instrument = opened.instrument
        """What was taught, where the file is an instrument and no model."""
        if with_features and not self.spec.feature_width:
            raise UserError(Code.MODEL_UNTEACHABLE, path=self.path)
        self.head = self.spec.head_for(latency_ms)
        self.stored_self_test: str = opened.self_test
        """What `inference.self_test` replays; "" where the file carries none."""
        with memory_limit() if path is not None else contextlib.nullcontext():
            self._session = open_session(opened.content, providers, self.path)
        _check_signature(self._session, self.spec, self.path)
        self._state_names = [state.name for state in self.spec.state]
        extras = {
            "spectrum": self.spec.spectrum_bins,
            INSTRUMENTS: self.spec.instruments,
            FEATURES: with_features,
        }
        self._output_names = [*OUTPUTS, *(name for name, given in extras.items() if given)]
        self.state_resets = 0
        self._looked = 0
        self._watch: HopWatch | None = None
        """Watches the limits of a model that is not the bundled one."""
        if path is not None:
            fetch = [*self._output_names, *(f"next_{name}" for name in self._state_names)]
            silence = np.zeros((1, self.spec.hop_samples), dtype=np.float32)
            state = {s.name: np.zeros(s.shape, dtype=np.float32) for s in self.spec.state}
            self._watch = HopWatch()
            rehearse(self._session, fetch, {"audio": silence, **state}, self.path, self._watch)
        self._bind()

    def _bind(self) -> None:
        """Give the runtime memory of ours to read and write, so that a hop allocates none.

        There are two states: each hop reads one and writes the other.
        """
        spec = self.spec
        shape = (len(OUTPUTS), 1, 1, len(spec.heads), spec.pitch_count)
        self._logits = np.zeros(shape, dtype=np.float32)
        self._outputs = dict(zip(OUTPUTS, self._logits, strict=True))
        shapes = {
            "spectrum": (1, 1, spec.spectrum_bins),
            INSTRUMENTS: (1, 1, len(spec.instruments)),
            FEATURES: (1, 1, spec.pitch_count, spec.feature_width),
        }
        for name in self._output_names[len(OUTPUTS) :]:
            self._outputs[name] = np.zeros(shapes[name], dtype=np.float32)
        self._audio = np.zeros((1, spec.hop_samples), dtype=np.float32)
        self._states: list[list[Floats]] = [
            [np.zeros(state.shape, dtype=np.float32) for state in spec.state] for _ in range(2)
        ]
        value = load_runtime().OrtValue.ortvalue_from_numpy
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
        outputs, spec = self._outputs, self.spec
        spectrum = outputs["spectrum"][0, 0].copy() if spec.spectrum_bins else None
        scores = outputs[INSTRUMENTS][0, 0] if spec.instruments else None
        return self._to_activations(to_probabilities(logits), spectrum, scores)

    def _to_activations(
        self, every: Floats, spectrum: Floats | None, scores: Floats | None
    ) -> Activations:
        """What the network said of a hop.

        Args:
            every: probabilities (4, heads, pitch_count).
            spectrum: (spectrum_bins,) where there is one.
            scores: of the instruments, where it tells them apart.
        """
        onset, frame, offset, velocity = every[:, self.head]
        sooner = {
            self.spec.heads[head].look_ahead_frames: (every[0, head], every[3, head])
            for head in self._sooner
        }
        instruments = softmax(scores) if scores is not None else None
        return Activations(onset, frame, offset, velocity, spectrum, instruments, sooner, every[:2])

    @property
    def providers(self) -> list[str]:
        """Names of the execution providers that compute the network, the preferred one first."""
        return list(self._session.get_providers())

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

    @property
    def features(self) -> Floats:
        """What the head read at the last step (pitch_count, feature_width); valid until the next.

        Raises:
            KeyError: unless the model was opened `with_features`.
        """
        features: Floats = self._outputs[FEATURES][0, 0]
        return features

    def _run(self, hop: Floats) -> None:
        self._audio[0] = hop
        if not np.isfinite(hop).all():
            np.nan_to_num(self._audio, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
        try:
            if self._watch is None:
                self._session.run_with_iobinding(self._bindings[self._next])
            else:
                with self._watch as watch:
                    self._session.run_with_iobinding(self._bindings[self._next], watch.options)
        except Exception as error:  # the runtime's exceptions share no base class of their own
            raise UserError(Code.MODEL_STOPPED, path=self.path, reason=reason_of(error)) from error
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
    """Scores `(n,)` -> probabilities that sum to 1; all alike where a score is no number."""
    if not np.isfinite(scores).all():
        scores = np.zeros_like(scores)
    weights = np.exp(scores - scores.max())
    probabilities: Floats = weights / weights.sum()
    return probabilities


def open_session(
    content: bytes, providers: tuple[str, ...], path: Path
) -> "onnxruntime.InferenceSession":
    """A session of the runtime on one thread.

    Raises:
        UserError: if the runtime does not take the model, or lacks the first provider.
    """
    onnxruntime = load_runtime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(
            content,
            options,
            providers=list(providers),
            enable_fallback=0,  # it would tell of a failure on standard output, and try again
        )
    except UnicodeDecodeError as error:  # a name in it is no text
        raise unusable(path, Code.NOT_ONNX) from error
    except Exception as error:  # the runtime's exceptions share no base class of their own
        reason = str(error).splitlines()[0][:200]
        raise unusable(path, Code.RUNTIME_REFUSES, reason=reason) from error
    if providers[0] not in session.get_providers():
        offered = ", ".join(session.get_providers())
        raise UserError(Code.PROVIDER_MISSING, name=providers[0], offered=offered)
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
    if spec.feature_width:
        expected[FEATURES] = (1, 1, spec.pitch_count, spec.feature_width)
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
                raise unusable(path, Code.TENSOR_MISSING, name=name)
            fixed = [size for size in found[name].shape]
            fits = len(fixed) == len(shape) and all(
                not isinstance(size, int) or size == want
                for size, want in zip(fixed, shape, strict=True)
            )
            if not fits or found[name].type != "tensor(float)":
                given, right = f"{found[name].type} {fixed}", f"float {list(shape)}"
                raise unusable(path, Code.TENSOR_UNFIT, name=name, found=given, wanted=right)
        extra = set(found) - set(wanted)
        if kind == "input" and extra:
            raise unusable(path, Code.TENSOR_UNKNOWN, name=min(extra))
