"""What the engine plays, and where that lies in its stream: synth, click, the audio loop."""

import time
from collections.abc import Sequence

from realtime.audio.sources import AudioSource
from realtime.engine.take_control import TakeControl
from realtime.playback.calibration import stored_loops
from realtime.playback.count_in import CountIn, loop_seconds
from realtime.playback.live_messages import Cue
from realtime.playback.player import NoSound, SoundPlayer, SoundStatus
from realtime.playback.round_trip import LoopMeter
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.arrays import Floats
from realtime.values.notes import Event
from realtime.values.settings import EngineSettings
from realtime.values.snapshot import LoopState


class SoundControl:
    """Plays synth, click and probe for the engine; no method waits.

    Args:
        player: plays the notes; None plays nothing.
    """

    def __init__(self, player: SoundPlayer | None = None) -> None:
        self._player = player or NoSound()
        self._counter = CountIn()
        self._click_told = False
        """Whether the take knows its click."""
        self._loop = ("", 0.0)
        """Output, and seconds from there until its sound is in the stream."""
        self._meter: LoopMeter | None = None

    @property
    def counting(self) -> bool:
        """Whether a take is about to begin."""
        return self._counter.counting

    @property
    def beats_left(self) -> int:
        """Beats until a take begins, 0 where none is counted in."""
        return self._counter.beats_left

    @property
    def measuring(self) -> bool:
        """Whether the audio loop is being measured: what is heard then is no music."""
        return self._meter is not None and self._meter.running

    @property
    def loop(self) -> LoopState:
        """How the newest measurement of the audio loop stands."""
        return self._meter.state if self._meter is not None else LoopState()

    def status(self) -> SoundStatus:
        """How the output is doing."""
        return self._player.status()

    def apply(self, settings: EngineSettings) -> None:
        """Use these settings from now on."""
        self._player.apply(settings)

    def send(self, events: Sequence[Event]) -> None:
        """Play note events at once."""
        self._player.send(events)

    def bend(self, cents: float) -> None:
        """Turn the notes that sound so many cents from their pitch."""
        self._player.bend(cents)

    def silence(self) -> None:
        """End every note that plays."""
        self._player.silence()

    def close(self) -> None:
        """Fall silent. May be called twice."""
        if self._meter is not None:
            self._meter.cancel()
        self._player.close()

    def restart(self) -> None:
        """The stream goes on from another source."""
        self._counter.clock.restart()
        self._loop = ("", 0.0)
        if self._meter is not None:
            self._meter.cancel()

    def push(self, block: Floats, source: AudioSource, waiting: int, end_s: float) -> None:
        """Take the block that is processed next.

        Args:
            block: mono, float32 `(frames,)`.
            source: that gave it.
            waiting: frames that the source holds beyond it.
            end_s: where it ends, in seconds of the stream.
        """
        now = time.monotonic()
        self._counter.clock.push(now, end_s + (waiting / source.rate if source.live else 0.0))
        if self._meter is not None and self._meter.running:
            self._meter.push(block, source.rate, end_s)
            self._meter.step(self._counter.clock, now)
            if not self._meter.running:
                self._loop = ("", 0.0)

    def measure_loop(self, source: AudioSource, recording: bool) -> None:
        """Begin to measure how long sound takes from the output back to this input."""
        if self.measuring:
            return
        problem = None if source.live else Code.LOOP_NEEDS_MICROPHONE
        if recording or self.counting:
            problem = Code.LOOP_NEEDS_NO_TAKE
        meter = LoopMeter(self._player, source.name, time.monotonic())
        if problem is not None:
            meter.fail(Trouble(problem))
        self._meter = meter

    def stop_measuring(self) -> None:
        """Give up measuring the audio loop, and forget its result."""
        if self._meter is not None:
            self._meter.cancel()
            self._meter = None

    def count_in(self, settings: EngineSettings) -> bool:
        """Count the bars before a take, if there is a click and bars to count."""
        counts = settings.click and settings.count_in > 0 and settings.click_bpm > 0
        number = self._player.restart_click() if counts else 0
        if number:
            self._counter.begin(number, settings.count_in, time.monotonic())
        return number > 0

    def cancel_count_in(self) -> None:
        """Stop counting: no take begins after all."""
        self._counter.cancel()

    def take_due(self, settings: EngineSettings, source: AudioSource, delay_ms: float) -> bool:
        """Whether the bars have been counted; true once. `delay_ms` is the input's."""
        if not self._counter.counting:
            return False
        loop_s = self._loop_s(source, delay_ms)
        return self._counter.due(settings, self.status(), loop_s, time.monotonic())

    def new_take(self) -> None:
        """A take has begun, whose click is not known."""
        self._click_told = False

    def mark_click(
        self, takes: TakeControl, settings: EngineSettings, source: AudioSource, delay_ms: float
    ) -> None:
        """Let the take know the click it is played to, as soon as that is known."""
        if self._click_told or not (takes.recording and settings.click):
            return
        loop_s = self._loop_s(source, delay_ms)
        click = self._counter.click(settings, self.status(), loop_s, takes.started_s)
        if click is not None:
            takes.add_click(click, takes.started_s)
            self._click_told = True

    def click_unknown(self, settings: EngineSettings, source: AudioSource) -> Trouble | None:
        """Why a take that ends now has no bars though it was played to a click, if so."""
        if settings.click and source.live and not self._click_told:
            return Trouble(Code.CLICK_UNKNOWN)
        return None

    def begin_piece(self, wanted: bool) -> int:
        """Open the output for a piece, or end the one that plays; see `SoundPlayer`."""
        return self._player.begin_piece(wanted)

    def cue(self, cues: Sequence[Cue]) -> None:
        """Sound these of the piece at their time."""
        self._player.cue(cues)

    def piece_origin_s(self, number: int, source: AudioSource, delay_ms: float) -> float | None:
        """Stream time at which second 0 of a piece is heard; None while that is not known."""
        piece = self.status().piece
        if piece is None or piece.number != number:
            return None
        return self._counter.clock.stream_s(piece.start_s + self._loop_s(source, delay_ms))

    def loop_measured(self, source: AudioSource) -> bool:
        """Whether the loop of input and output was measured, and is not their drivers' guess."""
        return f"{source.name} -> {self.status().name}" in stored_loops()

    def tempo_changed(self, takes: TakeControl, stream_s: float) -> None:
        """The click has another tempo from `stream_s` seconds on: bars line up no more."""
        if self._click_told:
            takes.add_click(None, stream_s)

    def _loop_s(self, source: AudioSource, delay_ms: float) -> float:
        """Seconds from output to stream, as measured for these devices or as their drivers say."""
        sound = self.status()
        if sound.name != self._loop[0]:
            estimate_ms = sound.latency_ms + delay_ms
            self._loop = sound.name, loop_seconds(source.name, sound.name, estimate_ms)
        return self._loop[1]
