"""Where the beats of the click lie in the stream, and the bars that are counted before a take."""

import math
from dataclasses import dataclass

from realtime.files.click import Click
from realtime.playback.calibration import stored_loops
from realtime.playback.player import SoundStatus
from realtime.playback.stream_clock import StreamClock
from realtime.values.settings import EngineSettings

LEAD_SECONDS = 0.2
"""A take begins so long before its first beat, for a note that comes early."""
PATIENCE_SECONDS = 4.0
"""A click that has not begun by then is not waited for."""


@dataclass(slots=True)
class _Counting:
    number: int
    """Number of the click start whose bars are being counted."""
    bars: int
    until: float
    """Monotonic seconds at which patience ends."""


class CountIn:
    """Counts bars before a take, and finds the take's first beat."""

    def __init__(self) -> None:
        self.clock = StreamClock()
        self._counting: _Counting | None = None
        self.beats_left = 0
        """Beats until the take begins, 0 where none are counted."""

    @property
    def counting(self) -> bool:
        """Whether a take is about to begin."""
        return self._counting is not None

    def begin(self, number: int, bars: int, now: float) -> None:
        """Count so many bars from the click's start of this number on."""
        self._counting = _Counting(number, bars, now + PATIENCE_SECONDS)
        self.beats_left = 1

    def cancel(self) -> None:
        """Give the count-in up: no take begins."""
        self._counting, self.beats_left = None, 0

    def due(self, settings: EngineSettings, sound: SoundStatus, loop_s: float, now: float) -> bool:
        """Whether the take begins now; true once.

        Args:
            settings: of the click.
            sound: what plays the click.
            loop_s: seconds from the output back to the input.
            now: monotonic seconds.
        """
        counting = self._counting
        if counting is None:
            return False
        beat, at_s = sound.beat, self.clock.stream_s(now)
        if beat is None or beat.number != counting.number or at_s is None:
            if settings.click and now < counting.until and sound.trouble is None:
                return False
            self.cancel()
            return True
        began_s = self.clock.stream_s(beat.start_s + loop_s)
        assert began_s is not None
        beat_s = 60 / settings.click_bpm
        left_s = began_s + counting.bars * settings.click_beats * beat_s - at_s
        self.beats_left = max(1, math.ceil(left_s / beat_s))
        if settings.click and left_s > LEAD_SECONDS:
            return False
        self.cancel()
        return True

    def click(
        self, settings: EngineSettings, sound: SoundStatus, loop_s: float, from_s: float
    ) -> Click | None:
        """The click as a take sees it that began at `from_s` seconds; None while unknown.

        Args:
            settings: of the click.
            sound: what plays the click.
            loop_s: seconds from the output back to the input.
            from_s: stream time at which the take began.
        """
        beat = sound.beat
        if beat is None or (beat.bpm, beat.beats) != (settings.click_bpm, settings.click_beats):
            return None
        bar_at_s = self.clock.stream_s(beat.bar_s + loop_s)
        if bar_at_s is None:
            return None
        click = Click(beat.bpm, beat.beats, 0.0)
        first_s = (bar_at_s - from_s) % click.bar_s
        return Click(beat.bpm, beat.beats, first_s)


def loop_seconds(input_name: str, output_name: str, estimate_ms: float) -> float:
    """From handing a sample to the output until it is in the stream, measured or estimated."""
    return stored_loops().get(f"{input_name} -> {output_name}", estimate_ms) / 1000
