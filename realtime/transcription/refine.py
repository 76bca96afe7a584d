"""A sound file -> its notes with hindsight: every note is judged by what came after it as well."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from realtime.audio.sources import FileSource, SourceStatus
from realtime.inference.onnx_model import Activations, BlockModel, HopModel
from realtime.inference.spec import OUTPUTS, HeadSpec, ModelSpec, RefineSettings
from realtime.transcription.offline import run_chain
from realtime.troubles.trouble import Trouble
from realtime.values.arrays import Floats
from realtime.values.notes import Note
from realtime.values.settings import EngineSettings

Rolls = dict[str, Floats]

FIRST_NOTES_S = 4.0
"""Seconds that are heard before the first notes are told."""
FIRST_PASS = 0.95
"""Part of the work that is done when the network has heard everything."""


def refine(
    path: Path,
    model: HopModel,
    settings: EngineSettings | None = None,
    progress: Callable[[float], None] | None = None,
    on_instrument: Callable[[str], None] | None = None,
    on_notes: Callable[[list[Note]], None] | None = None,
    on_damage: Callable[[Trouble], None] | None = None,
) -> list[Note]:
    """Transcribe a sound file from the longest look-ahead and from what follows each onset.

    The network hears the file once; then the live chain runs over its probabilities, smoothed
    with what came later, with thresholds of their own (`ModelSpec.refine`). The file is opened for
    both passes at once, so that it may be renamed meanwhile.

    Args:
        path: of the file; any rate and channel count.
        model: its head is left as it was.
        settings: gain, sensitivity, range, shortest note; None is the model's own tuning.
        progress: called with the part done, 0-1.
        on_instrument: called at the end with the instrument heard most, "" where that is open.
        on_notes: called with the notes of the beginning, each time that twice as much was heard;
            together they cost at most another second pass.
        on_damage: told where the file is damaged or breaks off; its notes end there then.

    Returns:
        Notes by onset, then pitch; all of them leave at the end of the file.

    Raises:
        UserError: if the file cannot be read to its end.
    """
    settings = settings or EngineSettings()
    _, head = refine_settings(model.spec)
    before, model.head = model.head, head
    listener = _Listener(model)
    first, second = (FileSource(path, on_damage=on_damage) for _ in range(2))
    with closing(first), closing(second):
        try:
            told = _part(progress, 0.0, FIRST_PASS)
            if on_notes is not None:
                told = _Beginnings(path, listener, settings, on_notes, told)
            chain, _ = run_chain(first, listener, settings, told, first.duration_s)
        finally:
            model.head = before
        if on_instrument:
            on_instrument(chain.instrument.overall())
        told = _part(progress, FIRST_PASS, 1.0)
        replay = _replay(model.spec, listener.rolls())
        chain, notes = run_chain(second, replay, settings, told, second.duration_s)
    return [replace(note, emitted_s=chain.stream_s) for note in notes]


def refine_settings(spec: ModelSpec) -> tuple[RefineSettings, int]:
    """Give the model's settings for refining, or its longest look-ahead as it is; and that head."""
    head = max(range(len(spec.heads)), key=spec.latency_ms)
    return spec.refine or RefineSettings(decoder=spec.heads[head].decoder), head


def _replay(spec: ModelSpec, rolls: Rolls) -> "_Replay":
    """Make the decoder's input of what the longest head said, corrected by what came later."""
    chosen, head = refine_settings(spec)
    rolls = with_hindsight(rolls, spec.heads[head].look_ahead_frames, chosen)
    return _Replay(replace(spec, heads=(HeadSpec(0, chosen.decoder),), default_head=0), rolls)


def with_hindsight(rolls: Rolls, look_ahead: int, settings: RefineSettings) -> Rolls:
    """Shift probabilities of one head to the frames they describe, and correct them by later.

    Args:
        rolls: `OUTPUTS`, each (frames, pitch_count), as they came out.
        look_ahead: frames by which they are late.
        settings: an onset stays where the frame probability averages at least `support` over the
            next `support_frames`; frame probabilities are averaged over `smooth_frames` to either
            side.

    Returns:
        The same, `look_ahead` frames shorter.
    """
    aligned = {name: rolls[name][look_ahead:] for name in OUTPUTS}
    frame = aligned["frame"]
    if settings.support > 0:
        supported = _mean(frame, 0, settings.support_frames) >= settings.support
        aligned["onset"] = np.where(supported, aligned["onset"], np.float32(0))
    if settings.smooth_frames:
        aligned["frame"] = _mean(frame, settings.smooth_frames, settings.smooth_frames)
    return aligned


def _mean(values: Floats, before: int, after: int) -> Floats:
    """Average each row from `before` frames before to `after` frames after: (frames, n)."""
    padded = np.pad(values, ((before + 1, after), (0, 0)))
    summed = np.cumsum(padded, axis=0, dtype=np.float64)
    width = before + after + 1
    return ((summed[width:] - summed[:-width]) / width).astype(np.float32)


def _part(
    progress: Callable[[float], None] | None, begin: float, end: float
) -> Callable[[float], None] | None:
    """Scale the progress of a pass, 0-1, to `begin` to `end`: it is only a part of the work."""
    if progress is None:
        return None
    return lambda done: progress(begin + (end - begin) * done)


class _Listener:
    """Passes sound on to a model and keeps what it says; the chain hears of no notes yet."""

    def __init__(self, model: HopModel) -> None:
        self._model = model
        self.spec, self.head = model.spec, model.head
        self._heard: list[npt.NDArray[np.float16]] = []

    def step(self, hop: Floats) -> Activations:
        """Keep what the model says of a hop `(hop_samples,)`, and answer that nothing sounds."""
        return self._keep(self._model.step(hop))

    def steps(self, hops: Floats) -> list[Activations]:
        """Compute several hops (n, hop_samples), in one call where the model can."""
        if isinstance(self._model, BlockModel):
            return [self._keep(heard) for heard in self._model.steps(hops)]
        return [self.step(hop) for hop in hops]

    def _keep(self, heard: Activations) -> Activations:
        kept = np.stack([getattr(heard, name) for name in OUTPUTS])
        self._heard.append(kept.astype(np.float16))
        silence = np.zeros_like(heard.onset)
        return Activations(silence, silence, silence, silence, heard.spectrum, heard.instruments)

    def reset(self) -> None:
        """Go back to the state before the first sample."""
        self._model.reset()
        self._heard.clear()

    @property
    def hops(self) -> int:
        """Number of hops heard so far."""
        return len(self._heard)

    def rolls(self) -> Rolls:
        """Everything the model said, name -> (frames, pitch_count)."""
        none = np.zeros((0, len(OUTPUTS), self.spec.pitch_count), np.float16)
        heard = np.stack(self._heard) if self._heard else none
        return {name: heard[:, i].astype(np.float32) for i, name in enumerate(OUTPUTS)}


class _Beginnings:
    """Passes progress on, and gives the notes so far each time that twice as much was heard.

    Args:
        path: of the file.
        listener: has heard its beginning.
        settings: of the player.
        on_notes: takes the notes of the beginning.
        progress: called with the part done, None for nobody.
    """

    def __init__(
        self,
        path: Path,
        listener: "_Listener",
        settings: EngineSettings,
        on_notes: Callable[[list[Note]], None],
        progress: Callable[[float], None] | None,
    ) -> None:
        self._path, self._listener, self._settings = path, listener, settings
        self._on_notes, self._progress = on_notes, progress
        self._due_s = FIRST_NOTES_S

    def __call__(self, part: float) -> None:
        """Decode the beginning, where it is long enough and not the whole."""
        if self._progress is not None:
            self._progress(part)
        spec = self._listener.spec
        heard_s = self._listener.hops * spec.hop_samples / spec.sample_rate
        if heard_s < self._due_s or part >= FIRST_PASS:
            return
        self._due_s = 2 * heard_s
        replay = _replay(spec, self._listener.rolls())
        # whoever hears the whole of it tells of damage
        with closing(FileSource(self._path, on_damage=lambda _: None)) as file:
            _, notes = run_chain(_Beginning(file, heard_s), replay, self._settings)
        self._on_notes(notes)


class _Beginning:
    """A source that gives so many seconds of a file.

    Args:
        source: the file, whose owner closes it.
        seconds: to be given.
    """

    live = False

    def __init__(self, source: FileSource, seconds: float) -> None:
        self.name, self.rate = source.name, source.rate
        self._source, self._left = source, int(seconds * source.rate)

    def read(self, max_frames: int, least: int = 1) -> Floats | None:
        """Read the next samples, None after the last of these seconds."""
        block = self._source.read(min(max_frames, self._left)) if self._left > 0 else None
        self._left -= 0 if block is None else len(block)
        return block

    def wait(self, frames: int, timeout_s: float) -> None:
        """Return at once: a file need not be waited for."""

    def status(self) -> SourceStatus:
        """Report a source that is always well."""
        return SourceStatus()

    def close(self) -> None:
        """Keep the file open: its owner closes it."""


class _Replay:
    """A model that says again what is known already, frame by frame, without look-ahead."""

    head = 0

    def __init__(self, spec: ModelSpec, rolls: Rolls) -> None:
        self.spec = spec
        self._rolls = rolls
        self._next = 0

    def step(self, hop: Floats) -> Activations:
        """Give the next frame; silence after the last."""
        index, self._next = self._next, self._next + 1
        if index >= len(self._rolls["onset"]):
            silence = np.zeros(self.spec.pitch_count, np.float32)
            return Activations(silence, silence, silence, silence)
        onset, frame, offset, velocity = (self._rolls[name][index] for name in OUTPUTS)
        return Activations(onset, frame, offset, velocity)

    def reset(self) -> None:
        """Return to the first frame."""
        self._next = 0
