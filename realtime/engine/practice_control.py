"""Practice in the engine: one run at a time, heard by the chain, sounded by `SoundControl`."""

from realtime.audio.sources import AudioSource
from realtime.engine.practice_modes import MODES, Mode
from realtime.engine.sound_control import SoundControl
from realtime.inference.onnx_model import Activations
from realtime.practice.live.plan import PracticePlan
from realtime.transcription.chain import Chain
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble
from realtime.values.snapshot import PracticeState


class PracticeControl:
    """Runs one practice at a time on the engine's thread; no method waits.

    Args:
        sound: plays click and accompaniment.
    """

    def __init__(self, sound: SoundControl) -> None:
        self._sound = sound
        self._chain: Chain | None = None
        self._mode: Mode | None = None
        """How the newest run is practised, with that run; None before the first."""
        self._number = 0
        self._frame_s = 0.0
        """Length of the frames in which it hears."""
        self._running = False

    def join(self, chain: Chain) -> None:
        """Hear with this chain from now on; a run does not outlive another length of frames."""
        self._chain = chain
        chain.on_heard = self._push
        if self._running and self._frame_s != chain.frame_seconds:
            self.stop()

    def begin(self, plan: PracticePlan) -> Trouble | None:
        """Begin a run in place of the one that goes on; returns why it cannot be."""
        self.stop()
        assert self._chain is not None
        try:
            plan.check()
        except UserError as error:
            return error.trouble
        self._mode = MODES[plan.mode](plan, self._chain, self._sound)
        self._frame_s = self._chain.frame_seconds
        self._number += 1
        self._running = True
        return None

    def stop(self) -> None:
        """End the run; its verdicts stay."""
        if self._mode is None or not self._running:
            return
        self._running = False
        self._mode.sound.end()
        self._mode.finish()

    def update(self, source: AudioSource, delay_ms: float) -> None:
        """Judge what has become ripe, sound what is due; after every block.

        Args:
            source: what is heard.
            delay_ms: from a sound to the events that it gave, in milliseconds.
        """
        mode = self._mode
        if not self._running or mode is None or self._chain is None:
            return
        mode.update(source, self._chain.stream_s, delay_ms)
        mode.sound.update()
        if mode.run.ended and not mode.sound.waits:
            self.stop()

    def state(self, stream_s: float) -> PracticeState:
        """How practice stands at a moment of the stream, in seconds."""
        if self._mode is None:
            return PracticeState()
        mode, run = self._mode, self._mode.run
        state = PracticeState(
            run=self._number,
            state="playing" if self._running and not run.ended else "ended",
            at_s=stream_s,
            tempo=run.plan.tempo,
            judged=tuple(run.judged),
            extras=tuple(run.extras),
            final=mode.final,
            loop_measured=mode.measured,
            silent=mode.sound.silent,
        )
        return run.with_place(state, self._running)

    def _push(self, said: Activations, newest: int) -> None:
        if self._running and self._mode is not None and self._chain is not None:
            self._mode.push(said, newest, self._chain.model)
