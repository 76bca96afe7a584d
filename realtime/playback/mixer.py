"""What is heard while playing. Orders in, blocks of sound out; no device."""

from collections import deque
from typing import Any

import numpy as np
import numpy.typing as npt

from realtime.files.click import CLICK
from realtime.playback.calibration import probe
from realtime.playback.metronome import Metronome
from realtime.playback.synth import BLOCK_FRAMES, VoiceBank

Floats = npt.NDArray[np.float32]

PROBE_LOUDNESS = np.float32(0.25)


class LiveSound:
    """Follows orders, plain dicts as the engine's process sends them.

    {"notes": [[pitch, velocity], ...]}, velocity 0 ends the note; {"cut": true} ends all;
    {"bend": cents} turns the notes that are held;
    {"synth_db": decibels, "a4_hz": Hz}; {"click": [beats a minute, beats a bar], "click_db":
    decibels, "number": n}: another number begins a bar at once, 0 beats a minute stop;
    {"probe": n} plays the probe that measures the audio loop; {"piece": n}: another number begins
    a piece with the next block, 0 ends it; {"cues": [[seconds of the piece, pitch, velocity],
    ...]}, in order of time: notes as above, and `CLICK` as pitch is a click, velocity 2 a high one.

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
        self._cues: deque[tuple[float, int, int]] = deque()
        self._probe = PROBE_LOUDNESS * probe()
        self._probe_left: Floats = self._probe[:0]
        self._gain = self._click_gain = np.float32(1.0)

    def obey(self, order: dict[str, Any]) -> None:
        """Follow one order, from the next block on."""
        self._set_sound(order)
        if "click" in order:
            self._set_click(order)
        if "probe" in order:
            self.probe_number, self.probe_frame = int(order["probe"]), self.metronome.frame
            self._probe_left = self._probe
        self._follow_piece(order)
        if "cut" in order:
            self.voices.cut()
        for pitch, velocity in order.get("notes", ()):
            self._play(int(pitch), int(velocity))
        if "bend" in order:
            self.voices.bend(float(order["bend"]))

    def _set_sound(self, order: dict[str, Any]) -> None:
        if "synth_db" in order:
            self._gain = np.float32(10 ** (float(order["synth_db"]) / 20))
        if "click_db" in order:
            self._click_gain = np.float32(10 ** (float(order["click_db"]) / 20))
        if "a4_hz" in order:
            self.voices.a4_hz = float(order["a4_hz"])

    def _set_click(self, order: dict[str, Any]) -> None:
        bpm, beats = order["click"]
        if order.get("number", self.number) != self.number and bpm > 0:
            self.number = int(order["number"])
            self.metronome.start(float(bpm), int(beats))
        self.metronome.change(float(bpm), int(beats))

    def _follow_piece(self, order: dict[str, Any]) -> None:
        """Begin or end a piece, and queue its cues; those of a piece that is over are dropped."""
        if order.get("piece", self.piece) != self.piece:
            self.piece, self.piece_frame = int(order["piece"]), self.metronome.frame
            self._cues.clear()
            self.voices.cut()
        for at_s, pitch, velocity in order.get("cues", ()):
            if self.piece:
                self._cues.append((float(at_s), int(pitch), int(velocity)))

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
