"""The network's probabilities for sound that goes through the live chain, and sound that ends."""

import threading
import time
from collections.abc import Callable

import numpy as np

from realtime.audio.sources import AudioSource, SourceStatus
from realtime.inference.onnx_model import Activations, HopModel
from realtime.inference.spec import ModelSpec
from realtime.practice.attacks import NetworkRolls
from realtime.transcription.offline import run_chain
from realtime.values.arrays import Floats
from realtime.values.settings import EngineSettings


class _RecordedModel:
    """A model whose probabilities of every hop are kept.

    Args:
        model: that does the work; its `head` is in use.
        on_onset: called with the onset probabilities of every hop.
    """

    def __init__(self, model: HopModel, on_onset: Callable[[Floats], None] | None = None) -> None:
        self._model, self._on_onset = model, on_onset
        self.spec: ModelSpec = model.spec
        self.head = model.head
        self.onsets: list[Floats] = []
        self.frames: list[Floats] = []

    def step(self, hop: Floats) -> Activations:
        said = self._model.step(hop)
        self.onsets.append(said.onset.astype(np.float32))
        self.frames.append(said.frame.astype(np.float32))
        if self._on_onset:
            self._on_onset(said.onset)
        return said

    def reset(self) -> None:
        self._model.reset()


def longest_head(spec: ModelSpec) -> int:
    """The look-ahead for judgements: a verdict may come a little later, and is surer."""
    return max(range(len(spec.heads)), key=spec.latency_ms)


def predict_all(
    source: AudioSource,
    model: HopModel,
    settings: EngineSettings,
    progress: Callable[[float], None] | None = None,
    duration_s: float = 0.0,
    head: int | None = None,
    on_onset: Callable[[Floats], None] | None = None,
) -> NetworkRolls:
    """What the longest look-ahead says of everything that a source gives until its end.

    Args:
        source: any rate; read as fast as it goes.
        model: its head is left as it was.
        settings: gain, gate and the player's A; the rest concerns notes.
        progress: called with the part done, 0-1.
        duration_s: of the source, for the progress.
        head: look-ahead to listen with; None is the longest.
        on_onset: called with the onset probabilities (pitch_count,) of every hop, as they come.

    Raises:
        UserError: if the source cannot be read to its end.
    """
    before = model.head
    model.head = longest_head(model.spec) if head is None else head
    try:
        recorded = _RecordedModel(model, on_onset)
        chain, _ = run_chain(source, recorded, settings, progress, duration_s)
    finally:
        model.head = before
    look_ahead = model.spec.heads[recorded.head].look_ahead_frames
    shape = (0, model.spec.pitch_count)
    onset, frame = (
        np.stack(rolls)[look_ahead:] if len(rolls) > look_ahead else np.zeros(shape, np.float32)
        for rolls in (recorded.onsets, recorded.frames)
    )
    seconds = chain.stream_s
    return NetworkRolls(onset, frame, chain.frame_seconds, model.spec.pitch_low, seconds)


class EndingSource:
    """A source that ends when the player does: on request, after a time, or after silence.

    Args:
        source: that is listened to.
        stop: set from outside to end it; a device that is gone ends it too.
        seconds: of sound after which it ends, 0 never.
        silence_s: of silence, after something was heard, that ends it; 0 never.
    """

    SILENT = 0.003
    """Highest sample of a block that is silence, about -50 dBFS."""
    GONE_S = 5.0
    """A microphone that was away for so long does not come back."""

    def __init__(
        self, source: AudioSource, stop: threading.Event, seconds: float, silence_s: float
    ) -> None:
        self.name, self.rate, self.live = source.name, source.rate, source.live
        self._source, self._stop = source, stop
        self._most = round(seconds * source.rate) if seconds > 0 else None
        self._silence = round(silence_s * source.rate)
        self._given = self._silent = 0
        self._heard = False
        self._gone_at: float | None = None

    def read(self, max_frames: int, least: int = 1) -> Floats | None:
        """The next samples, None at the end."""
        if self._stop.is_set() or (self._most is not None and self._given >= self._most):
            return None
        if self._silence and self._heard and self._silent >= self._silence:
            return None
        if self.lost_s() >= self.GONE_S and self._gone_at is not None:
            return None
        self._source.wait(least, 0.1)
        block = self._source.read(max_frames, least)
        if block is None:
            return None
        if self._most is not None:
            block = block[: self._most - self._given]
        self._given += len(block)
        loud = bool(len(block)) and float(np.abs(block).max()) > self.SILENT
        self._heard |= loud
        self._silent = 0 if loud else self._silent + len(block)
        return block

    def lost_s(self) -> float:
        """Seconds of sound that did not come so far."""
        status, now = self._source.status(), time.monotonic()
        if status.connected:
            self._gone_at = None
        elif self._gone_at is None:
            self._gone_at = now
        return status.lost_s + (now - self._gone_at if self._gone_at is not None else 0.0)

    def wait(self, frames: int, timeout_s: float) -> None:
        """Wait until the source has `frames`, at most `timeout_s`."""
        self._source.wait(frames, timeout_s)

    def status(self) -> SourceStatus:
        """How the source is doing."""
        return self._source.status()

    def close(self) -> None:
        """Close the source, and the device with it."""
        self._source.close()
