"""Practice in the engine: hears with the chain, sounds through the desk, tells the snapshot."""

import threading
import time

import numpy as np

from realtime.audio.sources import AudioSource
from realtime.engine.sound_desk import SoundDesk
from realtime.inference.onnx_model import Activations
from realtime.playback.live_messages import Cue
from realtime.practice.attacks import Floats
from realtime.practice.live.along_run import AlongRun
from realtime.practice.live.free_run import FreeRun
from realtime.practice.live.memory import Memory
from realtime.practice.live.plan import PracticePlan
from realtime.practice.live.rhythm import Blows
from realtime.practice.live.wait_run import WaitRun
from realtime.transcription.chain import Chain
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble
from realtime.values.snapshot import PracticeState

PATIENCE_S = 4.0
"""An output that has not begun by then is not waited for."""
AHEAD_S = 1.0
"""Cues are handed to the output so long before they are due."""
KEPT_S, LONGEST_RUN_S = 10.0, 1800.0
"""Seconds of sound that a run keeps; one that follows the player keeps all, for hindsight."""

Run = AlongRun | WaitRun | FreeRun


class PracticeDesk:
    """Holds one run at a time. Called from the engine's thread; nothing here waits.

    Args:
        sound: plays click and accompaniment.
    """

    def __init__(self, sound: SoundDesk) -> None:
        self._sound = sound
        self._chain: Chain | None = None
        self._run: Run | None = None
        self._memory: Memory | None = None
        self._blows: Blows | None = None
        """Sounds without a pitch, in rhythm alone: one more column of the memory."""
        self._number = 0
        self._piece = 0
        """Number of the piece that the output plays, 0 for none."""
        self._begun_at = self._begun_s = 0.0
        """Monotonic, and in seconds of the stream."""
        self._silent = self._measured = self._sounds = False
        self._running = self._final = False
        self._later: list[tuple[float, int, int]] = []
        """Notes of accompaniment: monotonic seconds, pitch, velocity."""

    def join(self, chain: Chain) -> None:
        """Hear with this chain from now on; a run does not outlive another length of frames."""
        changed = self._memory is not None and self._memory.frame_s != chain.frame_seconds
        self._chain = chain
        chain.on_heard = self._hear
        if self._running and changed:
            self.stop()

    def begin(self, plan: PracticePlan) -> Trouble | None:
        """Begin a run in place of the one that goes on; returns why it cannot be."""
        self.stop()
        assert self._chain is not None
        try:
            plan.check()
        except UserError as error:
            return error.trouble
        spec, frame_s = self._chain.model.spec, self._chain.frame_seconds
        kept_s = LONGEST_RUN_S if plan.mode == "free" else KEPT_S
        self._blows = Blows() if plan.mode == "rhythm" else None
        columns = spec.pitch_count + (self._blows is not None)
        self._memory = Memory(frame_s, spec.pitch_low, columns, kept_s)
        if plan.mode == "wait":
            ahead = spec.heads[spec.default_head].look_ahead_frames
            self._run = WaitRun(plan, frame_s, spec.pitch_low, spec.pitch_count, ahead)
        elif plan.mode == "free":
            self._run = FreeRun(plan, self._memory, spec.practice)
        else:
            self._run = AlongRun(plan, self._memory, measured=False, rules=spec.practice)
        self._number += 1
        self._begun_at, self._begun_s = time.monotonic(), self._chain.stream_s
        self._running, self._final, self._silent = True, plan.mode != "free", False
        others = plan.accompanies and bool(plan.others) and plan.mode != "rhythm"
        self._sounds = others or (plan.keeps_tempo and (plan.click or plan.count_in))
        self._piece = self._sound.begin_piece(True) if self._sounds else 0
        return None

    def stop(self) -> None:
        """End the run; its verdicts stay."""
        if not self._running:
            return
        self._running = False
        self._later.clear()
        if self._piece:
            self._sound.begin_piece(False)
        run = self._run
        if isinstance(run, FreeRun):
            threading.Thread(target=self._finish, args=(run, self._number), daemon=True).start()

    def look(self, source: AudioSource, delay_ms: float) -> None:
        """Judge what has become ripe, sound what is due; after every block.

        Args:
            source: what is heard.
            delay_ms: from a sound to the events that it gave, in milliseconds.
        """
        run = self._run
        if not self._running or run is None:
            return
        if isinstance(run, AlongRun):
            self._keep_time(run, source, delay_ms)
            run.look()
        else:
            if isinstance(run, FreeRun):
                run.look()
            self._accompany(run)
        status = self._sound.status()
        late = time.monotonic() - self._begun_at > PATIENCE_S
        self._silent = self._sounds and (not self._piece or (late and status.piece is None))
        if run.ended and not self._later:
            self.stop()

    def state(self, stream_s: float) -> PracticeState:
        """How practice stands at a moment of the stream, in seconds."""
        run = self._run
        if run is None:
            return PracticeState()
        state = PracticeState(
            run=self._number,
            state="playing" if self._running and not run.ended else "ended",
            at_s=stream_s,
            tempo=run.plan.tempo,
            judged=tuple(run.judged),
            extras=tuple(run.extras),
            final=self._final,
            loop_measured=self._measured,
            silent=self._silent,
        )
        return run.tell_place(state, self._running)

    def _hear(self, said: Activations, newest: int) -> None:
        run, memory, chain = self._run, self._memory, self._chain
        if not self._running or run is None or memory is None or chain is None:
            return
        spec = chain.model.spec
        longest = max(range(len(spec.heads)), key=spec.latency_ms)
        head = spec.default_head if isinstance(run, WaitRun) else longest
        onset, sounding, head = row_of(said, head, chain.model.head)
        frame = newest - spec.heads[head].look_ahead_frames
        if isinstance(run, WaitRun):
            run.hear(onset, sounding)
            return
        if self._blows:
            self._blows.hear(newest, said.spectrum)
            blow = np.float32(self._blows.at(frame))
            onset, sounding = np.append(onset, blow), np.append(sounding, blow)
        memory.add(frame, onset, sounding)

    def _keep_time(self, run: AlongRun, source: AudioSource, delay_ms: float) -> None:
        """Find out where the run lies in the stream; hand what is due soon to the output."""
        assert self._chain is not None
        stream_s = self._chain.stream_s
        heard_s = None
        if self._piece:
            heard_s = self._sound.piece_origin_s(self._piece, source, delay_ms)
        if heard_s is not None:
            run.measured = self._measured = self._sound.loop_measured(source)
            if run.origin_s is None:
                run.start(heard_s, stream_s - heard_s)
            elif not self._silent:
                run.origin_s = heard_s
        elif run.origin_s is None:
            waited_s = time.monotonic() - self._begun_at
            hopeless = not self._piece or self._sound.status().trouble is not None
            if hopeless or waited_s > PATIENCE_S:
                self._measured = run.measured = False
                self._piece, self._silent = 0, self._sounds
                run.start(stream_s, 0.0)
        if run.origin_s is not None and self._piece:
            cues = run.take_cues(stream_s - run.origin_s + AHEAD_S)
            if cues:
                self._sound.cue([(cue.at_s, cue.pitch, cue.velocity) for cue in cues])

    def _accompany(self, run: WaitRun | FreeRun) -> None:
        """Sound the other parts from where the player is to the next chord."""
        if not self._piece:
            return
        now = time.monotonic()
        if run.sounding and self._sound.status().name:
            if isinstance(run, WaitRun):  # what has not begun gives way to what comes now
                sounding = {pitch for _, pitch, velocity in self._later if not velocity}
                starts = {pitch for _, pitch, velocity in self._later if velocity}
                held = sounding - starts
                self._later = [each for each in self._later if not each[2] and each[1] in held]
            self._later += [(now + cue.at_s, cue.pitch, cue.velocity) for cue in run.sounding]
            self._later.sort()
            run.sounding = []
        due: list[Cue] = []
        while self._later and self._later[0][0] <= now:
            _, pitch, velocity = self._later.pop(0)
            due.append((0.0, pitch, velocity))
        if due:
            self._sound.cue(due)

    def _finish(self, run: FreeRun, number: int) -> None:
        """Judge with hindsight, on a thread of its own."""
        final = run.finish()
        if number == self._number:
            run.settle(final)
            self._final = True


def row_of(said: Activations, head: int, used: int) -> tuple[Floats, Floats, int]:
    """Onset and frame probabilities of a look-ahead, and which one that is.

    A model that gives only what it uses is heard with that.
    """
    if said.heads is None:
        return said.onset, said.frame, used
    return said.heads[0, head], said.heads[1, head], head
