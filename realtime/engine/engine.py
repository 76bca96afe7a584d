"""The engine: source -> chain -> MIDI first -> take -> picture, on one thread."""

import math
import time
from collections.abc import Callable

import numpy as np

from realtime.audio.level_meter import LevelMeter
from realtime.audio.sources import AudioSource
from realtime.engine.health import Health
from realtime.engine.practice_control import PracticeControl
from realtime.engine.recent_notes import RecentNotes
from realtime.engine.snapshot_fields import fields_of_chain, fields_of_input
from realtime.engine.sound_control import SoundControl
from realtime.engine.take_control import TakeControl, describe_take
from realtime.inference.onnx_model import HopModel
from realtime.midi.sink import NoteSink
from realtime.playback.calibration import loop_of
from realtime.playback.player import SoundPlayer
from realtime.transcription.chain import Chain, Timed, finite
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble
from realtime.values.arrays import Floats
from realtime.values.notes import NoteOff, NoteOn
from realtime.values.settings import EngineSettings
from realtime.values.snapshot import Snapshot

WAIT_SECONDS = 0.02
"""Longest wait of the engine thread for the sound of the next hop."""
HOUSEKEEPING_SECONDS = 0.1
LONGEST_BACKLOG_SECONDS = 0.3
"""When more live sound waits than this, the oldest is recorded but no longer listened to."""
LONGEST_LEAP_SECONDS = 0.2
"""A note may sound on over so much sound that is not listened to."""
BLOCK_SECONDS = 0.05

TRIED_VELOCITY = 90
"""Velocity of a key that is pressed in the window."""


class Engine:
    """Drives one source through one model into one sink.

    Args:
        model: gives activations hop by hop; reset first.
        source: mono sound.
        sink: where MIDI goes.
        settings: as the player chose them.
        on_events: called with what left, after MIDI and take.
        sound: plays the notes, for the player to hear.
    """

    def __init__(
        self,
        model: HopModel,
        source: AudioSource,
        sink: NoteSink,
        settings: EngineSettings | None = None,
        on_events: Callable[[list[Timed]], None] | None = None,
        sound: SoundPlayer | None = None,
    ) -> None:
        self.settings = settings or EngineSettings()
        self.source, self.sink, self.sound = source, sink, SoundControl(sound)
        self._on_events = on_events
        self.takes, self.practice = TakeControl(), PracticeControl(self.sound)
        self._roll = RecentNotes()
        self._title = ""
        self._health = Health()
        self._start_chain(model, 0.0)
        self._hold_recent(afresh=True)
        sink.shape(self.settings.channel, self.settings.transpose)

    @property
    def stream_s(self) -> float:
        """Sound consumed so far, in seconds."""
        return self.chain.stream_s

    def process(self, block: Floats) -> list[Timed]:
        """Mono sound (n,), float32 -> what left: as MIDI, then into the take, then on the roll."""
        block = finite(block)
        try:
            timed = self.chain.process(np.zeros_like(block) if self.sound.measuring else block)
        except UserError:  # what nobody could hear was played all the same
            self.takes.add(block, (), self.chain.frame_seconds)
            raise
        self._deliver(timed, block)
        self._meter.add(block)
        return timed

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Pull from the source until it ends or `until` says so. The only loop that waits."""
        housekeeping_at = 0.0
        while not until():
            now = time.monotonic()
            if now >= housekeeping_at:
                housekeeping_at = now + HOUSEKEEPING_SECONDS
                self.check_health()
            self.pull()
            if self._health.ended:
                return
            self.source.wait(max(1, self.chain.missing), WAIT_SECONDS)

    def pull(self, frames: int = 0) -> bool:
        """Process at most `frames` (0: 50 ms) of what waits. False where nothing waited."""
        if self._health.ended:
            return False
        if not self.source.live:
            self.takes.wait_for_disk()
        try:
            most = frames or max(1, int(self.source.rate * BLOCK_SECONDS))
            block = self.source.read(most, min(most, max(1, self.chain.missing)))
        except UserError as error:
            self._health.failed = error.trouble
            block = None
        if block is None:
            self._health.ended = True
            self._deliver(self.chain.finish(), None)
            return False
        if len(block) == 0:
            return False
        if self.source.rate != self.chain.input_rate:
            self._change_rate()
        if self.source.live:
            self._check_source()
            backlog = self._health.input.waiting_frames
            if backlog > LONGEST_BACKLOG_SECONDS * self.source.rate:
                block = self._skip(block)
        waiting, delay_ms = self._health.input.waiting_frames, self._health.input.latency_ms
        end_s = self.stream_s + len(block) / self.source.rate
        self.sound.push(block, self.source, waiting, end_s)
        if self.sound.take_due(self.settings, self.source, delay_ms):
            self._begin_take()
        self.process(block)
        self.practice.update(self.source, delay_ms)
        return True

    def snapshot(self) -> Snapshot:
        """The newest picture; cheap enough for 60 a second. Call it from the engine's thread."""
        midi, takes, sound = self.sink.status(), self.takes.status(), self.sound.status()
        heard = fields_of_chain(self.chain)
        told = (self._health.failed, self._health.input.trouble, *takes.troubles, midi.trouble,
                sound.trouble, self._health.remark)  # fmt: skip
        return Snapshot(
            troubles=tuple(trouble for trouble in dict.fromkeys(told) if trouble is not None),
            stream_s=self.stream_s,
            level_db=self._meter.level_db(),
            peak_db=self._meter.take_peak_db(),
            notes=self._roll.notes(self.stream_s, self.chain.certainty.recent),
            a4_hz=self.settings.a4_hz,
            midi_name=midi.name,
            sound_name=sound.name,
            recording=takes.recording,
            count_in=self.sound.beats_left,
            loop=self.sound.loop,
            practice=self.practice.state(self.stream_s),
            take_s=takes.length_s,
            recent_s=self.takes.recent.seconds,
            held_s=self.takes.recent.held_seconds,
            take_notes=takes.notes,
            last_take=takes.last_take,
            unwritten=takes.unwritten,
            lesson=self.takes.lesson.status(),
            midi_sent=midi.sent,
            **heard,
            **fields_of_input(self.source, self._health, heard, self.chain.model.spec.hop_ms),
        )

    def take_remarks(self) -> list[Trouble]:
        """What the input has remarked since this was asked last, each once, the oldest first."""
        remarks = list(self._health.remarks)
        self._health.remarks.clear()
        return remarks

    def apply(self, settings: EngineSettings) -> None:
        """Use these settings from the next hop on; input, model and port are swapped apart."""
        changed = settings.changed_since(self.settings)
        if changed & {"click_bpm", "click_beats"}:
            self.sound.tempo_changed(self.takes, self.stream_s)
        if "midi_muted" in changed and settings.midi_muted:
            self.sink.panic()
        if "record" in changed:
            self.takes.may_move_to(settings.record)
        self.settings = settings
        if changed & {"recent_minutes", "keep_sound"}:
            self._hold_recent()
        if "a4_hz" in changed:
            self._restart(self.chain.model)
        self.chain.apply(settings)
        self.sink.shape(settings.channel, settings.transpose)
        self.sound.apply(settings)

    def swap_source(self, source: AudioSource) -> None:
        """Listen to another source; what sounds ends, stream time goes on."""
        self.source.close()
        self.source = source
        self._health.begin()
        self._restart(self.chain.model)
        self._hold_recent(afresh=True)

    def swap_sink(self, sink: NoteSink) -> None:
        """Send to another sink; the old one is silenced."""
        self.sink.close()
        self.sink = sink
        sink.shape(self.settings.channel, self.settings.transpose)

    def swap_model(self, model: HopModel) -> None:
        """Listen with another model; what sounds ends, stream time goes on."""
        self._restart(model)

    def record(self, title: str = "") -> None:
        """Begin a take, called so, after the counted bars; nothing where one is running."""
        self.sound.stop_measuring()
        if self.takes.recording or self.sound.counting:
            return
        self._title = title
        if not self.sound.count_in(self.settings):
            self._begin_take()

    def keep_recent(self, title: str = "", whole: bool = False) -> None:
        """Make a take, called so, of the piece that was played last, or of all that is held."""
        info = describe_take(self.settings, self.source.rate, self.chain.instrument, title)
        self.takes.keep_recent(self.settings.record, info, whole)

    def _hold_recent(self, afresh: bool = False) -> None:
        """Hold as much of what is played as the player wants, beginning anew where asked."""
        if afresh:
            self.takes.recent.restart(self.source.rate, self.stream_s)
        self.takes.recent.hold(60 * self.settings.recent_minutes)

    def _begin_take(self) -> None:
        name, heard = self.source.name, self.chain.instrument
        info = describe_take(self.settings, self.source.rate, heard, self._title)
        self._health.take_unheard(math.inf)
        self.takes.start(self.settings.record, info, self.stream_s)
        self.takes.name_instrument(self.chain.instrument, self.stream_s)
        loop = loop_of(name) if self.source.live else None
        if loop is not None:
            text = f"Audio loop {loop[1]:.1f} ms ({loop[0]})"
            self.takes.add_marker(text, self.stream_s)
        self.sound.new_take()
        self._mark_click()

    def stop_recording(self) -> None:
        """End the take with all that was delivered; notes that sound end with it."""
        self.sound.cancel_count_in()
        self._check_source()
        if self.takes.recording and self.source.live and self._health.input.waiting_frames:
            self.pull(self._health.input.waiting_frames)
        self._end_take()

    def _end_take(self) -> None:
        self._mark_unheard(math.inf)
        self._mark_click()
        self.takes.name_instrument(self.chain.instrument, self.stream_s)
        self.takes.stop(self.sound.click_unknown(self.settings, self.source))

    def panic(self) -> None:
        """Silence everything; the roll ends its notes too."""
        self._deliver(self.chain.silence(), None)
        self.sink.panic()
        self.sound.silence()

    def try_key(self, pitch: int, pressed: bool) -> None:
        """Press or release a MIDI pitch by hand: port and synth hear it, take and roll do not."""
        event = NoteOn(0, pitch, TRIED_VELOCITY) if pressed else NoteOff(0, pitch)
        if not (pressed and self.settings.midi_muted):
            self.sink.send([event])
        self.sound.send([event])

    def measure_loop(self) -> None:
        """Measure how long sound takes from the output back to the input; `snapshot` tells."""
        self._deliver(self.chain.silence(), None)
        self.sound.measure_loop(self.source, self.takes.recording)

    def stop_measuring(self) -> None:
        """Give up measuring the audio loop, and listen to music again."""
        self.sound.stop_measuring()

    def close(self, goes_on: Callable[[float], bool] = lambda done: True) -> None:
        """Silence, free the devices, finish the take. May be called twice.

        Args:
            goes_on: asked meanwhile, with the share that is done (0 to 1); says whether to wait on.
        """
        if not self._health.ended:
            self._health.ended = True
            self._deliver(self.chain.silence(), None)
            self._keep_the_rest()
        self._end_take()  # its files are finished while the devices are freed
        self.sink.close()
        self.sound.close()
        self.source.close()
        self.takes.close(goes_on)

    def _deliver(self, timed: list[Timed], block: Floats | None) -> None:
        if timed and not self.settings.midi_muted:
            self.sink.send([item.event for item in timed])
        if timed:
            self.sound.send([item.event for item in timed])
        bends, self.chain.bends = self.chain.bends, []
        if bends and not self.settings.midi_muted:
            self.sink.bend(bends[-1].cents)
        if bends:
            self.sound.bend(bends[-1].cents)
        self.takes.bend(bends, self.stream_s, self.chain.frame_seconds)
        sound = np.zeros(0, dtype=np.float32) if block is None else block
        self.takes.add(sound, timed, self.chain.frame_seconds)
        if timed:
            self._roll.add(timed, self.chain.frame_seconds, self.chain.certainty.recent)
            if self._on_events:
                self._on_events(timed)

    def _skip(self, block: Floats) -> Floats:
        """Too late to be heard: record it only. Returns what must still be heard.

        Where much comes too late, what sounds ends first: nobody hears when it does.
        """
        late_s = self._health.input.waiting_frames / self.source.rate - LONGEST_BACKLOG_SECONDS
        begins_at_s = self.stream_s
        if late_s > LONGEST_LEAP_SECONDS and self.chain.tracker.sounding:
            self._deliver(self.chain.gap(0), None)
        dropped = self.chain.drop(len(block))
        self._health.skip(dropped / self.source.rate, begins_at_s)
        self.takes.add(finite(block[:dropped]), (), self.chain.frame_seconds)
        return block[dropped:]

    def _mark_unheard(self, stream_s: float) -> None:
        """Mark in the take where sound was not listened to, once that is over."""
        unheard = self._health.take_unheard(stream_s)
        if unheard is not None:
            at_s, seconds = unheard
            late = f"{seconds:.2f} s of sound came too late to be heard"
            self.takes.add_marker(f"Too slow: {late}, its notes are missing", at_s)

    def _keep_the_rest(self) -> None:
        """What was delivered and is not heard any more belongs to the take."""
        self._check_source()
        waiting = self._health.input.waiting_frames
        if self.takes.recording and self.source.live and waiting:
            rest = self.source.read(waiting)
            if rest is not None:
                self.takes.add(finite(rest), (), self.chain.frame_seconds)

    def _check_source(self) -> None:
        """Where sound is missing, end what sounds and keep time."""
        status = self._health.update(self.source.status())
        if status.remark:
            self.takes.add_marker(str(status.remark), self.stream_s)
        if status.gap_s > 0:
            samples = round(status.gap_s * self.chain.input_rate)
            self._deliver(self.chain.gap(samples), None)
            self.takes.add_gap(samples, f"{status.gap_s:.2f} s of sound are missing")
        elif not status.connected and self.chain.tracker.sounding:
            self._deliver(self.chain.silence(), None)

    def check_health(self) -> None:
        """Look after source, port and the CPU's load; `run` does so ten times a second."""
        self._check_source()
        self._mark_unheard(self.stream_s)
        self.takes.name_instrument(self.chain.instrument, self.stream_s)
        self._mark_click()
        self.sink.status()
        self._health.measure_load()

    def _mark_click(self) -> None:
        delay_ms = self._health.input.latency_ms
        self.sound.mark_click(self.takes, self.settings, self.source, delay_ms)

    def _change_rate(self) -> None:
        """The device came back at another rate; a take goes on at its own."""
        self.takes.lesson.keep("", 0)
        self.takes.follow_rate(self.source.rate)
        self._restart(self.chain.model)
        self._hold_recent(afresh=True)

    def _restart(self, model: HopModel) -> None:
        stream_s = self.stream_s
        self._deliver(self.chain.silence(), None)
        self._start_chain(model, stream_s)

    def _start_chain(self, model: HopModel, stream_s: float) -> None:
        model.reset()
        self.sound.restart()
        self.chain = Chain(model, self.source.rate, self.settings)
        if stream_s > 0:
            self.chain.gap(round(stream_s * self.source.rate))
        self._meter = LevelMeter(self.source.rate)
        self.practice.join(self.chain)
