"""The ways to practise, one class each: what of the network is heard, and what sounds when.

`MODES` names them as a plan does. The runs themselves, which judge, are in `practice.live`.
"""

import threading
from typing import Protocol

import numpy as np

from realtime.audio.sources import AudioSource
from realtime.engine.practice_sound import PracticeSound
from realtime.engine.sound_control import SoundControl
from realtime.inference.onnx_model import Activations, HopModel
from realtime.practice.live.along_run import AlongRun
from realtime.practice.live.free_run import FreeRun
from realtime.practice.live.memory import Memory
from realtime.practice.live.plan import PracticePlan
from realtime.practice.live.rhythm import Blows
from realtime.practice.live.wait_run import WaitRun
from realtime.transcription.chain import Chain
from realtime.values.arrays import Floats
from realtime.values.practice_modes import PracticeMode

AHEAD_S = 1.0
"""Cues are handed to the output so long before they are due."""
KEPT_S, LONGEST_RUN_S = 10.0, 1800.0
"""Seconds of sound that a run keeps; one that follows the player keeps all, for hindsight."""

Run = AlongRun | WaitRun | FreeRun


class Mode(Protocol):
    """A way to practise, with its run and its sound."""

    sound: PracticeSound
    final: bool
    """Whether the verdicts are the last ones."""
    measured: bool
    """Whether the delay that is taken off was measured for these devices."""

    @property
    def run(self) -> Run:
        """The run, which judges what is heard."""
        ...

    def push(self, said: Activations, newest: int, model: HopModel) -> None:
        """Take what the network says of a hop.

        Args:
            said: of the frames that are due with this hop.
            newest: number of the hop, in frames of the stream.
            model: that says it.
        """
        ...

    def update(self, source: AudioSource, stream_s: float, delay_ms: float) -> None:
        """Judge what has become ripe, sound what is due.

        Args:
            source: what is heard.
            stream_s: seconds of the stream by now.
            delay_ms: from a sound to the events that it gave, in milliseconds.
        """
        ...

    def finish(self) -> None:
        """The run is over: judge with hindsight, where this mode does."""
        ...


class Waiting:
    """Goes on when the notes of a chord have sounded; listens with the model's usual look-ahead.

    Args:
        plan: what is practised.
        chain: hears it.
        sound: plays the other parts.
    """

    final, measured = True, False

    def __init__(self, plan: PracticePlan, chain: Chain, sound: SoundControl) -> None:
        spec = chain.model.spec
        ahead = spec.heads[spec.default_head].look_ahead_frames
        heard = chain.frame_seconds, spec.pitch_low, spec.pitch_count
        self.run = WaitRun(plan, *heard, ahead)
        self.sound = PracticeSound(sound, plan.has_company)

    def push(self, said: Activations, newest: int, model: HopModel) -> None:
        """Take what the network says of a hop."""
        onset, sounding, _ = row_of(said, model.spec.default_head, model.head)
        self.run.push(onset, sounding)

    def update(self, source: AudioSource, stream_s: float, delay_ms: float) -> None:
        """Sound the other parts up to the next chord; what has not begun gives way to them."""
        if self.run.sounding and self.sound.is_ready:
            self.sound.play(self.run.sounding, instead=True)
            self.run.sounding = []
        self.sound.play_due()

    def finish(self) -> None:
        """Every verdict is final when it is made."""


class Remembering:
    """What modes share that look back: they listen with the longest look-ahead and keep it.

    Args:
        chain: hears.
        kept_s: seconds of the past that are kept at least.
        more: columns beyond the model's pitches.
    """

    def __init__(self, chain: Chain, kept_s: float, more: int = 0) -> None:
        spec = chain.model.spec
        columns = spec.pitch_count + more
        self.memory = Memory(chain.frame_seconds, spec.pitch_low, columns, kept_s)

    def push(self, said: Activations, newest: int, model: HopModel) -> None:
        """Take what the network says of a hop."""
        frame, onset, sounding = longest_row(said, newest, model)
        self.memory.add(frame, onset, sounding)


class Following(Remembering):
    """Follows the player, whom the other parts accompany; judges once more when the run is over.

    Args:
        plan: what is practised.
        chain: hears it.
        sound: plays the other parts.
    """

    measured = False

    def __init__(self, plan: PracticePlan, chain: Chain, sound: SoundControl) -> None:
        super().__init__(chain, LONGEST_RUN_S)
        self.final = False
        self.run = FreeRun(plan, self.memory, chain.model.spec.practice)
        self.sound = PracticeSound(sound, plan.has_company)

    def update(self, source: AudioSource, stream_s: float, delay_ms: float) -> None:
        """Follow, and sound what the other parts play next."""
        self.run.update()
        if self.run.sounding and self.sound.is_ready:
            self.sound.play(self.run.sounding)
            self.run.sounding = []
        self.sound.play_due()

    def finish(self) -> None:
        """Judge with hindsight, on a thread of its own: it takes about a second a minute."""
        threading.Thread(target=self._judge_again, daemon=True).start()

    def _judge_again(self) -> None:
        self.run.set_final(self.run.finish())
        self.final = True


class Along(Remembering):
    """Keeps the tempo of the output, and judges against it.

    Args:
        plan: what is practised.
        chain: hears it.
        sound: plays click and other parts.
        more: columns beyond the model's pitches that are heard.
    """

    final = True

    def __init__(
        self, plan: PracticePlan, chain: Chain, sound: SoundControl, more: int = 0
    ) -> None:
        super().__init__(chain, KEPT_S, more)
        self.measured = False
        rules = chain.model.spec.practice
        self.run = AlongRun(plan, self.memory, measured=False, rules=rules)
        self.sound = PracticeSound(sound, plan.has_company or plan.click or plan.count_in)

    def update(self, source: AudioSource, stream_s: float, delay_ms: float) -> None:
        """Find out where the run lies in the stream, hand on what is due soon, judge."""
        heard_s = self.sound.origin_s(source, delay_ms)
        if heard_s is not None:
            self.run.measured = self.measured = self.sound.is_measured(source)
            if self.run.origin_s is None:
                self.run.start(heard_s, stream_s - heard_s)
            elif not self.sound.silent:
                self.run.origin_s = heard_s
        elif self.run.origin_s is None and self.sound.is_hopeless:
            self.run.measured = self.measured = False
            self.sound.give_up()
            self.run.start(stream_s, 0.0)
        if self.run.origin_s is not None and self.sound.plays:
            self.sound.cue(self.run.take_cues(stream_s - self.run.origin_s + AHEAD_S))
        self.run.update()

    def finish(self) -> None:
        """Every verdict is final when it is made."""


class Rhythm(Along):
    """Keeps the tempo; sounds without a pitch, in one more column of the memory, count too."""

    def __init__(self, plan: PracticePlan, chain: Chain, sound: SoundControl) -> None:
        super().__init__(plan, chain, sound, more=1)
        self._blows = Blows()

    def push(self, said: Activations, newest: int, model: HopModel) -> None:
        """Take what the network says of a hop, and how its spectrum rises."""
        self._blows.push(newest, said.spectrum)
        frame, onset, sounding = longest_row(said, newest, model)
        blow = np.float32(self._blows.at(frame))
        self.memory.add(frame, np.append(onset, blow), np.append(sounding, blow))


MODES: dict[PracticeMode, type[Waiting | Following | Along | Rhythm]] = {
    PracticeMode.WAIT: Waiting,
    PracticeMode.FREE: Following,
    PracticeMode.ALONG: Along,
    PracticeMode.RHYTHM: Rhythm,
}
"""Name in a plan -> its class."""


def longest_row(said: Activations, newest: int, model: HopModel) -> tuple[int, Floats, Floats]:
    """Frame, onset and frame probabilities (pitch_count,) of the longest look-ahead."""
    spec = model.spec
    longest = max(range(len(spec.heads)), key=spec.latency_ms)
    onset, sounding, head = row_of(said, longest, model.head)
    return newest - spec.heads[head].look_ahead_frames, onset, sounding


def row_of(said: Activations, head: int, used: int) -> tuple[Floats, Floats, int]:
    """Onset and frame probabilities (pitch_count,) of a look-ahead, and which one that is.

    A model that gives only what it uses is heard with that.
    """
    if said.heads is None:
        return said.onset, said.frame, used
    return said.heads[0, head], said.heads[1, head], head
