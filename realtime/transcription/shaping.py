"""The player's wishes on notes: scale, velocity curve, one voice, at most so many a second."""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from realtime.values.notes import Event, NoteOff, NoteOn
from realtime.values.pitches import LEFT_OUT
from realtime.values.settings import EngineSettings


class NoteShaper:
    """Stands between tracker and everyone who hears of notes: MIDI, take, roll and files agree.

    What comes out alternates: no pitch starts twice without an off, no off comes without its on.
    A pitch on which several heard ones land ends with the last of them.

    Args:
        settings: scale, velocity, mono and rate limit; the rest is for others.
        frame_seconds: duration of a frame.

    Raises:
        UserError: if the scale is not known.
    """

    def __init__(self, settings: EngineSettings, frame_seconds: float) -> None:
        self._sounding: dict[int, list[int]] = {}
        """Pitch that sounds -> the heard pitches that hold it, the newest last."""
        self._recent: deque[int] = deque()
        self.left_out = 0
        """Note-ons that were above the rate limit."""
        self.apply(settings, frame_seconds)

    def apply(self, settings: EngineSettings, frame_seconds: float) -> None:
        """Use other wishes from the next event on; what sounds ends where it began.

        Args:
            settings: of notes.
            frame_seconds: length of a frame.
        """
        self._landing = settings.landing()
        self._settings = settings
        self._second = max(1, round(1 / frame_seconds))

    def reset(self) -> None:
        """Forget the last second; time starts anew."""
        self._recent.clear()

    def shape(self, events: Sequence[Event]) -> list[Event]:
        """Shape the events of one frame, offs first; returns those that leave."""
        starts = {e.pitch: e for e in events if isinstance(e, NoteOn) and self._lands(e.pitch)}
        if self._settings.mono and len(starts) > 1:
            kept = max(starts.values(), key=lambda event: (event.velocity, -event.pitch))
            starts = {kept.pitch: kept}
        shaped: list[Event] = []
        begun: set[int] = set()
        for event in events:
            if isinstance(event, NoteOff):
                shaped += self._let_go(event.frame, event.pitch)
            elif starts.get(event.pitch) is event:
                pitch = self._landing[event.pitch]
                if pitch in begun:
                    shaped += self._let_go(event.frame, event.pitch)
                    self._sounding[pitch].insert(0, event.pitch)
                elif self._may_start(event.frame):
                    begun.add(pitch)
                    together = [e for e in starts.values() if self._landing[e.pitch] == pitch]
                    loudest = max(e.velocity for e in together)
                    shaped += self._start(replace(event, velocity=loudest), pitch)
                else:
                    self.left_out += 1
        return shaped

    def source_pitch(self, pitch: int) -> int:
        """Find the MIDI pitch that was heard last behind one that sounds, or itself."""
        return self._sounding[pitch][-1] if pitch in self._sounding else pitch

    def _lands(self, pitch: int) -> bool:
        return self._landing[pitch] != LEFT_OUT

    def _start(self, event: NoteOn, pitch: int) -> list[Event]:
        """Start a heard note on `pitch`; what it replaces ends before."""
        offs = self._let_go(event.frame, event.pitch)
        ending = sorted(self._sounding) if self._settings.mono else [pitch]
        holders = [] if self._settings.mono else self._sounding.get(pitch, [])
        for other in ending:
            if self._sounding.pop(other, None) is not None:
                offs.append(NoteOff(event.frame, other))
        self._sounding[pitch] = [*holders, event.pitch]
        velocity = shaped_velocity(event.velocity, self._settings)
        return [*offs, NoteOn(event.frame, pitch, velocity)]

    def _let_go(self, frame: int, heard: int) -> list[Event]:
        """End the pitches that a heard one, which is over, alone held."""
        offs: list[Event] = []
        for pitch, holders in list(self._sounding.items()):
            if heard in holders:
                holders.remove(heard)
                if not holders:
                    del self._sounding[pitch]
                    offs.append(NoteOff(frame, pitch))
        return offs

    def _may_start(self, frame: int) -> bool:
        while self._recent and self._recent[0] <= frame - self._second:
            self._recent.popleft()
        if len(self._recent) >= self._settings.most_notes_per_second:
            return False
        self._recent.append(frame)
        return True


def shaped_velocity(velocity: int, settings: EngineSettings) -> int:
    """Turn a velocity as heard, 1-127, into one as sent, 1-127."""
    if settings.velocity_fixed > 0:
        return min(settings.velocity_fixed, 127)
    low, high = sorted((max(settings.velocity_min, 1), min(settings.velocity_max, 127)))
    curved = math.pow(velocity / 127, settings.velocity_curve)
    return round(low + (high - low) * curved) if low > 1 else max(1, round(high * curved))
