"""What is heard while playing. Orders in, blocks of sound out; no device."""

from typing import Any

import numpy as np
import numpy.typing as npt

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
    {"probe": n} plays the probe that measures the audio loop.

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
        self._probe = PROBE_LOUDNESS * probe()
        self._probe_left: Floats = self._probe[:0]
        self._gain = self._click_gain = np.float32(1.0)

    def obey(self, order: dict[str, Any]) -> None:
        """Follow one order, from the next block on."""
        if "synth_db" in order:
            self._gain = np.float32(10 ** (float(order["synth_db"]) / 20))
        if "click_db" in order:
            self._click_gain = np.float32(10 ** (float(order["click_db"]) / 20))
        if "click" in order:
            bpm, beats = order["click"]
            if order.get("number", self.number) != self.number and bpm > 0:
                self.number = int(order["number"])
                self.metronome.start(float(bpm), int(beats))
            self.metronome.change(float(bpm), int(beats))
        if "probe" in order:
            self.probe_number, self.probe_frame = int(order["probe"]), self.metronome.frame
            self._probe_left = self._probe
        if "a4_hz" in order:
            self.voices.a4_hz = float(order["a4_hz"])
        if "cut" in order:
            self.voices.cut()
        for pitch, velocity in order.get("notes", ()):
            if velocity:
                self.voices.on(int(pitch), int(velocity))
            else:
                self.voices.off(int(pitch))
        if "bend" in order:
            self.voices.bend(float(order["bend"]))

    def render(self) -> Floats:
        """The next block, float32 (BLOCK_FRAMES,) in (-1, 1)."""
        notes: Floats = np.tanh(self._gain * self.voices.render())
        notes += self._click_gain * self.metronome.render()
        probed, self._probe_left = np.split(self._probe_left, [BLOCK_FRAMES])
        notes[: len(probed)] += probed
        mixed: Floats = np.clip(notes, -1, 1)
        return mixed
