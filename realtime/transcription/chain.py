"""Sound in, events out: gain, resampler, network, tracker. Pure; it neither waits nor writes."""

import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from realtime.inference.onnx_model import Activations, BlockModel, HopModel
from realtime.inference.spec import DecoderSettings, ModelSpec
from realtime.transcription.certainty import Certainty
from realtime.transcription.gate import NoiseGate
from realtime.transcription.instrument import InstrumentGuess
from realtime.transcription.pitch_bend import Bend, PitchFollower
from realtime.transcription.resample import HopResampler
from realtime.transcription.shaping import NoteShaper
from realtime.transcription.tracker import NoteTracker
from realtime.values.arrays import Floats
from realtime.values.log_odds import move_probability
from realtime.values.notes import Event
from realtime.values.settings import EngineSettings

SENSITIVITY_SPAN = 6.0
"""Log-odds by which a threshold moves between sensitivity 0 and 1."""


@dataclass(frozen=True, slots=True)
class Timed:
    """An event and the stream time (seconds of input consumed) at which it left."""

    event: Event
    emitted_s: float


class Chain:
    """Turns blocks of mono sound into note events, the same for every way of cutting the blocks.

    Args:
        model: gives activations hop by hop.
        input_rate: Hz of the blocks.
        settings: how the player wants sound and notes; devices and takes are for others.
    """

    def __init__(self, model: HopModel, input_rate: int, settings: EngineSettings) -> None:
        self.model, self.input_rate = model, input_rate
        self._ahead = model if isinstance(model, BlockModel) else None
        """The model, where it hears several hops at once."""
        spec = model.spec
        self._a4_hz = round(min(max(settings.a4_hz, 415.0), 466.0), 1)
        self._resampler = HopResampler(input_rate, spec.sample_rate, spec.hop_samples, self._a4_hz)
        self._gate = NoiseGate(settings.gate_db)
        self._shaper = NoteShaper(settings, self.frame_seconds)
        self.tracker = NoteTracker(
            decoder_for(spec, model.head, settings),
            spec.pitch_low,
            spec.pitch_count,
            spec.heads[model.head].look_ahead_frames,
            spec.velocity_maps,
        )
        self.certainty = Certainty(spec.pitch_low)
        self.instrument = InstrumentGuess(spec.instruments, spec.hop_samples / spec.sample_rate)
        self.input_samples = 0
        """Samples consumed, dropped and missing ones included."""
        self.activations: Activations | None = None
        """What the network said last."""
        self.bends: list[Bend] = []
        """How the pitch moved since somebody took these; the frames are those of events."""
        self.on_heard: Callable[[Activations, int], None] | None = None
        """Called with what the network said and the number of the stream's newest frame."""
        self._follower = PitchFollower(spec.spectrum_low, spec.spectrum_per_semitone)
        self._follows_pitch = False
        self.hop_seconds: deque[float] = deque(maxlen=500)
        """Compute time of the last hops."""
        self._origin_samples = 0
        self._origin_frame = 0
        self._dropped_hops = 0
        self._end_frame: int | None = None
        self.apply(settings)

    @property
    def stream_s(self) -> float:
        """Seconds of input that were processed so far."""
        return self.input_samples / self.input_rate

    @property
    def missing(self) -> int:
        """Samples that must still come before the next hop can be computed."""
        return self._resampler.missing

    @property
    def frame_seconds(self) -> float:
        """Duration of a frame, the unit of `event.frame`, for a player whose A is not 440 too."""
        spec = self.model.spec
        return spec.hop_samples / spec.sample_rate * 440.0 / self._a4_hz

    def apply(self, settings: EngineSettings) -> None:
        """Use other gain, gate, sensitivity, range, scale and notes' shape from the next hop on.

        Another `a4_hz` takes a new chain.
        """
        self._gate.apply(settings.gate_db)
        self._follows_pitch = settings.pitch_bend == "single"
        self._shaper.apply(settings, self.frame_seconds)
        spec = self.model.spec
        self._gain = np.float32(10 ** (settings.gain_db / 20))
        self.tracker.settings = decoder_for(spec, self.model.head, settings)
        pitches = np.arange(spec.pitch_low, spec.pitch_low + spec.pitch_count)
        self._outside = (pitches < settings.lowest_pitch) | (pitches > settings.highest_pitch)
        self._any_outside = bool(self._outside.any())

    def process(self, block: Floats) -> list[Timed]:
        """Process mono sound (n,), float32; returns the events that leave now, in order."""
        self.input_samples += len(block)
        block = finite(block)
        if self._gain != 1:
            block = block * self._gain
        timed: list[Timed] = []
        for events, needed in self._hops(self._resampler.push(block)):
            left_at = (self._origin_samples + needed) / self.input_rate
            timed += [Timed(event, left_at) for event in events]
        return timed

    def _hops(self, pushed: Iterable[tuple[Floats, int]]) -> Iterator[tuple[list[Event], int]]:
        """Yield the events of each hop, with the input samples that it needed."""
        if self._ahead is None:
            for hop, needed in pushed:
                began = time.perf_counter()
                yield self._decode(self.model.step(self._gate.pass_on(hop)), began), needed
            return
        hops = [(self._gate.pass_on(hop), needed) for hop, needed in pushed]
        said = self._ahead.steps(np.stack([hop for hop, _ in hops])) if hops else []
        for heard, (_, needed) in zip(said, hops, strict=True):
            yield self._decode(heard, time.perf_counter()), needed

    def drop(self, samples: int) -> int:
        """Leave out sound that came too late to be heard, in whole hops.

        Returns:
            How many of the offered samples may be left out; the others belong to `process`.
        """
        hops = self._resampler.hops_in(samples)
        before, self._dropped_hops = self._dropped_hops, self._dropped_hops + hops
        dropped = self._resampler.samples_in(self._dropped_hops)
        dropped = min(samples, dropped - self._resampler.samples_in(before))
        self.input_samples += dropped
        self._origin_samples += dropped
        self._origin_frame += hops
        return dropped

    def gap(self, samples: int) -> list[Timed]:
        """End what sounds: so many input samples are missing. Start afresh after the gap."""
        ended = self.silence()
        self.input_samples += samples
        self._origin_samples = self.input_samples
        self._origin_frame = round(self.stream_s / self.frame_seconds)
        self._resampler.reset()
        self.model.reset()
        self.instrument.reset()
        self.tracker.reset()
        self._shaper.reset()
        return ended

    def silence(self) -> list[Timed]:
        """End every sounding note at the newest frame."""
        ended = self._shaper.shape(self.tracker.finish())
        self._follower.reset()
        return [Timed(self._shifted(event), self.stream_s) for event in ended]

    def finish(self) -> list[Timed]:
        """End the input: hear out the look-ahead against silence, end what still sounds.

        Notes that would start after the end of the input are left out.
        """
        self._end_frame = math.ceil(self.stream_s / self.frame_seconds)
        tail_s = (self.tracker.look_ahead_frames + 2) * self.frame_seconds
        tail_s += self._resampler.delay_s
        tail = np.zeros(math.ceil(tail_s * self.input_rate), dtype=np.float32)
        return self.process(tail) + self.silence()

    def _decode(self, heard: Activations, began: float) -> list[Event]:
        """Decode what the network said of a hop into events; `began`: when its work began."""
        self.activations = heard
        self.instrument.push(heard)
        if self.on_heard is not None:
            newest = self.tracker.frame + self.tracker.look_ahead_frames + self._origin_frame
            self.on_heard(heard, newest)
        onset = np.where(self._outside, 0, heard.onset) if self._any_outside else heard.onset
        if (
            self._end_frame is not None
            and self.tracker.frame + self._origin_frame >= self._end_frame
        ):
            onset = np.zeros_like(onset)
            self.tracker.settings = replace(self.tracker.settings, swell_threshold=1.1)
        early = self._early(heard)
        events = self.tracker.feed(
            onset[np.newaxis],
            heard.frame[np.newaxis],
            heard.offset[np.newaxis],
            heard.velocity[np.newaxis],
            {frames: (one[np.newaxis], two[np.newaxis]) for frames, (one, two) in early.items()},
        )
        self.hop_seconds.append(time.perf_counter() - began)
        shaped = [self._shifted(event) for event in self._shaper.shape(events)]
        onsets = [heard.onset, *(sooner for sooner, _ in early.values())]
        self.certainty.push(shaped, onsets, self._shaper.source_pitch)
        if self._follows_pitch:
            frame = self.tracker.frame + self._origin_frame
            heard_as = self._shaper.source_pitch
            self.bends += self._follower.push(shaped, heard.spectrum, frame, heard_as)
        return shaped

    def _early(self, heard: Activations) -> dict[int, tuple[Floats, Floats]]:
        """Give what shorter look-aheads say, within the player's range, before the input's end."""
        early: dict[int, tuple[Floats, Floats]] = {}
        for frames, (onset, velocity) in heard.early.items():
            described = self.tracker.frame + self.tracker.look_ahead_frames - frames
            if self._end_frame is None or described + self._origin_frame < self._end_frame:
                allowed = np.where(self._outside, 0, onset) if self._any_outside else onset
                early[frames] = allowed, velocity
        return early

    def _shifted(self, event: Event) -> Event:
        if not self._origin_frame:
            return event
        return replace(event, frame=event.frame + self._origin_frame)


def finite(block: Floats) -> Floats:
    """Replace what is not a number in a block `(frames,)` by 0: broken drivers deliver such."""
    if np.isfinite(block).all():
        return block
    return np.where(np.isfinite(block), block, np.float32(0))


def decoder_for(spec: ModelSpec, head: int, settings: EngineSettings) -> DecoderSettings:
    """Move the model's own thresholds by the player's sensitivity and shortest note."""
    decoder = spec.heads[head].decoder
    shortest = round(settings.minimum_note_ms / spec.hop_ms)
    apart = math.ceil(settings.retrigger_ms / spec.hop_ms)
    decoder = replace(
        decoder,
        minimum_frames=max(decoder.minimum_frames, shortest),
        repeat_frames=max(decoder.repeat_frames, apart),
    )
    shift = (0.5 - settings.sensitivity) * SENSITIVITY_SPAN
    if shift == 0:
        return decoder
    return replace(
        decoder,
        onset_threshold=move_probability(decoder.onset_threshold, shift),
        frame_threshold=move_probability(decoder.frame_threshold, shift),
        frame_support=move_probability(decoder.frame_support, shift),
        swell_threshold=move_probability(decoder.swell_threshold, shift),
        gathered_threshold=decoder.gathered_threshold * math.exp(shift / 2),
        gathered_support=move_probability(decoder.gathered_support, shift),
        early=tuple(
            (frames, move_probability(threshold, shift)) for frames, threshold in decoder.early
        ),
    )
