"""A model that computes a recording many hops at a time: the same numbers, sooner."""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from realtime.inference.many_hops import CannotRunAheadError, many_hops
from realtime.inference.model_file import open_model_file
from realtime.inference.onnx_model import Activations, OnnxModel, open_session
from realtime.inference.spec import FEATURES, INSTRUMENTS, OUTPUTS, ModelSpec
from realtime.processes.limits import memory_limit
from realtime.troubles.errors import UserError
from realtime.values.arrays import Floats
from realtime.values.log_odds import to_probabilities

if TYPE_CHECKING:
    import onnxruntime

HOPS = 32
"""Heard a call. More are hardly faster, and what is left of a block is heard one by one."""
ALIKE = 1e-4
"""Largest difference of a logit at which many hops are the same as one after another."""


class AheadModel(OnnxModel):
    """An `OnnxModel` with `steps`, by a graph that is made of the file's own when it is opened.

    It is held against the file's graph first. Where it cannot be made, or says something else,
    `steps` goes hop by hop.

    Args:
        path: the file, a model or a taught instrument; None is the bundled model.
        latency_ms: longest look-ahead allowed, None for the model's default.
        with_features: also fetch what the head reads, for teaching.

    Raises:
        UserError: as `OnnxModel`.
    """

    def __init__(
        self,
        path: Path | None = None,
        latency_ms: float | None = None,
        with_features: bool = False,
    ) -> None:
        super().__init__(path, latency_ms, with_features=with_features)
        self._many = self._open_many(path)
        if self._many is not None and not self._agrees():
            self._many = None
        self.reset()

    @property
    def runs_ahead(self) -> bool:
        """Whether several hops are heard at once."""
        return self._many is not None

    def steps(self, hops: Floats) -> list[Activations]:
        """Hops (n, hop_samples) -> what `step` would say of each.

        Raises:
            UserError: if the runtime fails.
        """
        said: list[Activations] = []
        whole = len(hops) // HOPS * HOPS if self.runs_ahead else 0
        for first in range(0, whole, HOPS):
            said += self._predict(hops[first : first + HOPS])
        return said + [self.step(hop) for hop in hops[whole:]]

    def heads_of(self, hops: Floats) -> Iterator[tuple[dict[str, Floats], Floats]]:
        """Hops (n, hop_samples) -> of each what `logits` would say, and `features` after it.

        Raises:
            UserError: if the runtime fails.
            KeyError: unless the model was opened `with_features`.
        """
        whole = len(hops) // HOPS * HOPS if self.runs_ahead else 0
        for first in range(0, whole, HOPS):
            block = hops[first : first + HOPS]
            found = self._run_many(block)
            for hop in range(HOPS):
                if found is None:
                    yield self.logits(block[hop]), self.features
                else:
                    said = {name: found[name][0, hop] for name in OUTPUTS}
                    yield said, found[FEATURES][0, hop]
        for hop_sound in hops[whole:]:
            yield self.logits(hop_sound), self.features

    def _predict(self, hops: Floats) -> Iterator[Activations]:
        found = self._run_many(hops)
        if found is None:
            return (self.step(hop) for hop in hops)
        every = to_probabilities(np.stack([found[name][0] for name in OUTPUTS]))
        spectra = found["spectrum"][0] if self.spec.spectrum_bins else None
        scores = found[INSTRUMENTS][0] if self.spec.instruments else None
        return (
            self._to_activations(
                every[:, hop],
                None if spectra is None else spectra[hop],
                None if scores is None else scores[hop],
            )
            for hop in range(HOPS)
        )

    def _run_many(self, hops: Floats) -> dict[str, Floats] | None:
        """What the graph of many hops says of `HOPS`; None, and nothing changed, where it fails.

        It fails where one of its numbers is none: then each hop is heard alone, and mended.
        """
        if self._many is None:
            return None
        state = dict(zip(self._state_names, self._states[self._next], strict=True))
        fetch = [*self._output_names, *(f"next_{name}" for name in self._state_names)]
        sound = np.ascontiguousarray(hops, dtype=np.float32).reshape(1, -1)
        try:
            if self._watch is None:
                found = self._many.run(fetch, {"audio": sound, **state})
            else:
                with self._watch as watch:
                    found = self._many.run(fetch, {"audio": sound, **state}, watch.options)
        except Exception:  # the runtime's exceptions share no base class of their own
            return None
        if not all(np.isfinite(array).all() for array in found):
            return None
        following = found[len(self._output_names) :]
        for kept, new in zip(self._states[1 - self._next], following, strict=True):
            kept[...] = new
        self._next = 1 - self._next
        return dict(zip(self._output_names, found, strict=False))

    def _open_many(self, path: Path | None) -> "onnxruntime.InferenceSession | None":
        opened = open_model_file(path)
        try:
            content = many_hops(opened.content, self.spec, HOPS)
            with memory_limit() if path is not None else nullcontext():
                return open_session(content, ("CPUExecutionProvider",), self.path)
        except (CannotRunAheadError, UserError):
            return None

    def _agrees(self) -> bool:
        """Whether both graphs say the same of some sound, and carry the same on."""
        sound = trying_sound(self.spec).reshape(-1, HOPS, self.spec.hop_samples)
        self.reset()
        found = [self._run_many(hops) for hops in sound]
        self.reset()
        for hops, said in zip(sound, found, strict=True):
            alone = [self.logits(hop) for hop in hops]
            if said is None or any(
                not np.allclose(said[name][0], [one[name] for one in alone], rtol=0, atol=ALIKE)
                for name in alone[0]
            ):
                return False
        return True


def trying_sound(spec: ModelSpec, blocks: int = 2) -> Floats:
    """Tones that begin and end over soft noise, `(blocks * HOPS * hop_samples,)`."""
    length = blocks * HOPS * spec.hop_samples
    time = np.arange(length) / spec.sample_rate
    noise = np.random.default_rng(4).standard_normal(length)
    tones = sum(np.sin(2 * np.pi * hertz * time) for hertz in (220.0, 277.2, 659.3))
    return (0.01 * noise + 0.1 * tones * (np.sin(25 * time) > 0)).astype(np.float32)
