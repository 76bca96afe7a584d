"""The player's wishes on notes: velocity curve, one voice, at most so many a second."""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from realtime.notes import Event, NoteOff, NoteOn
from realtime.settings import EngineSettings


class NoteShaper:
    """Stands between tracker and everyone who hears of notes: MIDI, take, roll and files agree.

    What comes out alternates: no pitch starts twice without an off, no off comes without its on.

    Args:
        settings: velocity, mono and rate limit; the rest is for others.
        frame_seconds: duration of a frame.
    """

    def __init__(self, settings: EngineSettings, frame_seconds: float) -> None:
        self._sounding: set[int] = set()
        self._recent: deque[int] = deque()
        self.left_out = 0
        """Note-ons that were above the rate limit."""
        self.apply(settings, frame_seconds)

    def apply(self, settings: EngineSettings, frame_seconds: float) -> None:
        """Use other wishes from the next event on."""
        self._settings = settings
        self._second = max(1, round(1 / frame_seconds))

    def reset(self) -> None:
        """Forget the last second; time starts anew."""
        self._recent.clear()

    def shape(self, events: Sequence[Event]) -> list[Event]:
        """Events of one frame, offs first -> those that leave."""
        if self._settings.mono:
            events = _loudest(events)
        shaped: list[Event] = []
        for event in events:
            if isinstance(event, NoteOff):
                if event.pitch in self._sounding:
                    self._sounding.discard(event.pitch)
                    shaped.append(event)
            elif self._may_start(event.frame):
                shaped += self._start(event)
            else:
                self.left_out += 1
        return shaped

    def _start(self, event: NoteOn) -> list[Event]:
        ending = self._sounding if self._settings.mono else self._sounding & {event.pitch}
        offs: list[Event] = [NoteOff(event.frame, pitch) for pitch in sorted(ending)]
        self._sounding -= ending
        self._sounding.add(event.pitch)
        return [*offs, replace(event, velocity=shaped_velocity(event.velocity, self._settings))]

    def _may_start(self, frame: int) -> bool:
        while self._recent and self._recent[0] <= frame - self._second:
            self._recent.popleft()
        if len(self._recent) >= self._settings.most_notes_per_second:
            return False
        self._recent.append(frame)
        return True


def shaped_velocity(velocity: int, settings: EngineSettings) -> int:
    """1-127 as heard -> 1-127 as sent."""
    if settings.velocity_fixed > 0:
        return min(settings.velocity_fixed, 127)
    low, high = sorted((max(settings.velocity_min, 1), min(settings.velocity_max, 127)))
    curved = math.pow(velocity / 127, settings.velocity_curve)
    return round(low + (high - low) * curved) if low > 1 else max(1, round(high * curved))


def _loudest(events: Sequence[Event]) -> list[Event]:
    """Of several notes that start in one frame only the loudest, the lower one of equals."""
    starts = [event for event in events if isinstance(event, NoteOn)]
    kept = max(starts, key=lambda event: (event.velocity, -event.pitch), default=None)
    return [event for event in events if isinstance(event, NoteOff) or event is kept]
