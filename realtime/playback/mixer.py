"""Mixes what is heard while playing: orders in, blocks of sound out; no device."""

from collections import deque

import numpy as np

from realtime.files.click import CLICK
from realtime.playback.calibration import probe
from realtime.playback.live_messages import (
    BendNotes,
    Cue,
    EndNotes,
    Order,
    PlayNotes,
    PlayProbe,
    Wanted,
)
from realtime.playback.metronome import Metronome
from realtime.playback.synth import BLOCK_FRAMES, VoiceBank
from realtime.values.arrays import Floats

PROBE_LOUDNESS = np.float32(0.25)


class Mixer:
    """Mixes synth, click and probe by the orders of `realtime.playback.live_messages`.

    Args:
        rate: Hz.
    """

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.voices = VoiceBank(rate)
        self.metronome = Metronome(rate)
        self.number = 0
        """Number of the click's newest start."""
        self.probe_number = 0
        self.probe_frame = 0
        """Where the newest probe began."""
        self.piece, self.piece_frame = 0, 0
        """Number of the piece that plays, 0 for none, and where it began."""
        self._cues: deque[Cue] = deque()
        self._probe = PROBE_LOUDNESS * probe()
        self._probe_left: Floats = self._probe[:0]
        self._gain = self._click_gain = np.float32(1.0)

    def follow(self, order: Order) -> None:
        """Follow one order, from the next block on."""
        if isinstance(order, Wanted):
            self._follow_wishes(order)
        elif isinstance(order, PlayNotes):
            for pitch, velocity in order.notes:
                self._play(pitch, velocity)
        elif isinstance(order, BendNotes):
            self.voices.bend(order.cents)
        elif isinstance(order, EndNotes):
            self.voices.cut()
        elif isinstance(order, PlayProbe):
            self.probe_number, self.probe_frame = order.number, self.metronome.frame
            self._probe_left = self._probe
        elif self.piece:  # cues of a piece that is over are dropped
            self._cues.extend(order.cues)

    def _follow_wishes(self, wanted: Wanted) -> None:
        self._gain = np.float32(10 ** (wanted.synth_db / 20))
        self._click_gain = np.float32(10 ** (wanted.click_db / 20))
        self.voices.a4_hz = wanted.a4_hz
        if wanted.number != self.number and wanted.bpm > 0:
            self.number = wanted.number
            self.metronome.start(wanted.bpm, wanted.beats)
        self.metronome.change(wanted.bpm, wanted.beats)
        if wanted.piece != self.piece:
            self.piece, self.piece_frame = wanted.piece, self.metronome.frame
            self._cues.clear()
            self.voices.cut()

    def render(self) -> Floats:
        """The next block, float32 (BLOCK_FRAMES,) in (-1, 1)."""
        self._sound_cues()
        notes: Floats = np.tanh(self._gain * self.voices.render())
        notes += self._click_gain * self.metronome.render()
        probed, self._probe_left = np.split(self._probe_left, [BLOCK_FRAMES])
        notes[: len(probed)] += probed
        mixed: Floats = np.clip(notes, -1, 1)
        return mixed

    def _sound_cues(self) -> None:
        """Begin what is due within the next block: clicks to the sample, notes with the block."""
        end_s = (self.metronome.frame + BLOCK_FRAMES - self.piece_frame) / self.rate
        while self._cues and self._cues[0][0] < end_s:
            at_s, pitch, velocity = self._cues.popleft()
            if pitch == CLICK:
                frame = self.piece_frame + round(at_s * self.rate)
                self.metronome.tick(max(frame, self.metronome.frame), velocity > 1)
            else:
                self._play(pitch, velocity)

    def _play(self, pitch: int, velocity: int) -> None:
        if velocity:
            self.voices.on(pitch, velocity)
        else:
            self.voices.off(pitch)
