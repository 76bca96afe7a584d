"""What sounds with a run of practice: click and other parts, on the output's own clock."""

import time
from collections.abc import Sequence

from realtime.audio.sources import AudioSource
from realtime.engine.sound_control import SoundControl
from realtime.practice.live.timetable import Cue

PATIENCE_S = 4.0
"""An output that has not begun by then is not waited for."""


class PracticeSound:
    """One piece on the output, from its begin to its end. Nothing here waits.

    Args:
        sound: plays it.
        wanted: whether anything is to sound; the output is left alone otherwise.
    """

    def __init__(self, sound: SoundControl, wanted: bool) -> None:
        self._sound, self._wanted = sound, wanted
        self._piece = sound.begin_piece(True) if wanted else 0
        """Number of the piece that the output plays, 0 for none."""
        self._begun_at = time.monotonic()
        self._later: list[tuple[float, int, int]] = []
        """Notes that are not due yet: monotonic seconds, MIDI pitch, velocity (0 ends a note)."""
        self.silent = False
        """Whether something should be heard and is not, for want of an output."""

    @property
    def plays(self) -> bool:
        """Whether the output has a piece of ours."""
        return self._piece > 0

    @property
    def waits(self) -> bool:
        """Whether notes are not due yet."""
        return bool(self._later)

    @property
    def is_ready(self) -> bool:
        """Whether an output is open for the piece."""
        return self.plays and bool(self._sound.status().name)

    @property
    def is_hopeless(self) -> bool:
        """Whether the output will not say any more when the piece began."""
        waited_s = time.monotonic() - self._begun_at
        refused = not self._piece or self._sound.status().trouble is not None
        return refused or waited_s > PATIENCE_S

    def update(self) -> None:
        """Notice whether the output is heard."""
        late = time.monotonic() - self._begun_at > PATIENCE_S
        unheard = late and self._sound.status().piece is None
        self.silent = self._wanted and (not self._piece or unheard)

    def give_up(self) -> None:
        """Go on without the output."""
        self._piece, self.silent = 0, self._wanted

    def end(self) -> None:
        """End the piece on the output, and drop the notes that are not due yet."""
        self._later.clear()
        if self._piece:
            self._sound.begin_piece(False)

    def origin_s(self, source: AudioSource, delay_ms: float) -> float | None:
        """Second of the stream in which the piece's second 0 is heard; None while unknown.

        Args:
            source: that hears it.
            delay_ms: from a sound to the events that it gave, in milliseconds.
        """
        return self._sound.piece_origin_s(self._piece, source, delay_ms) if self._piece else None

    def is_measured(self, source: AudioSource) -> bool:
        """Whether the delay from this output back to the source was measured."""
        return self._sound.loop_measured(source)

    def cue(self, cues: Sequence[Cue]) -> None:
        """Hand notes to the output, which plays them by its own clock, in seconds of the piece."""
        if cues:
            self._sound.cue([(cue.at_s, cue.pitch, cue.velocity) for cue in cues])

    def play(self, cues: Sequence[Cue], instead: bool = False) -> None:
        """Play notes from now on.

        Args:
            cues: in seconds from now.
            instead: whether notes that have not begun give way to them.
        """
        if instead:
            sounding = {pitch for _, pitch, velocity in self._later if not velocity}
            starts = {pitch for _, pitch, velocity in self._later if velocity}
            held = sounding - starts
            self._later = [each for each in self._later if not each[2] and each[1] in held]
        now = time.monotonic()
        self._later += [(now + cue.at_s, cue.pitch, cue.velocity) for cue in cues]
        self._later.sort()

    def play_due(self) -> None:
        """Let sound what is due by now."""
        now = time.monotonic()
        due: list[tuple[float, int, int]] = []
        while self._later and self._later[0][0] <= now:
            _, pitch, velocity = self._later.pop(0)
            due.append((0.0, pitch, velocity))
        if due:
            self._sound.cue(due)
