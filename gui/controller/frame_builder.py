"""Builds frames out of snapshots, followed over time: level, silence, loss, notices."""

import sys
from dataclasses import replace
from pathlib import Path

from gui.controller.frame import Frame
from gui.notices.notice import LOST_SHOWN_S, Notice, Situation, choose_notices
from gui.widgets.level import Level, LevelBallistics
from realtime.files.sound_files import is_sound_file
from realtime.files.stated_length import missing_sound
from realtime.troubles.trouble import Trouble
from realtime.values.settings import EngineSettings
from realtime.values.snapshot import Snapshot

BACK_AFTER_S = 3.0
"""So long after an input came back what is missing is what it did not give while it was away."""


class FrameBuilder:
    """Builds the frame of every snapshot, and remembers what a single snapshot cannot tell."""

    platform = sys.platform
    """Name of the system, as `sys.platform` gives it; tests name another."""

    def __init__(self) -> None:
        self._level = LevelBallistics()
        self._lost_s = 0.0
        self._lost_at = self._away_at = -LOST_SHOWN_S
        self._away_s = 0.0
        """Seconds that are missing because no input was there."""
        self._notes_seen = False
        self._demo: Path | None = None
        self._dismissed: frozenset[Trouble] = frozenset()
        self._ended: tuple[str, Trouble | None] = ("", None)
        """File that has ended, and what to say where it holds less sound than it promises."""
        self._asks_for_system_audio = False

    def restart(self, wall_s: float) -> None:
        """Forget what was seen: another input was chosen, at this second of the wall clock."""
        self._level.restart(wall_s)
        self._notes_seen = self._asks_for_system_audio = False

    def ask_for_system_audio(self) -> None:
        """The user wants to know how what the computer plays becomes an input."""
        self._asks_for_system_audio = True

    def dismiss(self, notice: Notice) -> None:
        """The user has read this; a trouble that goes and comes again is told again."""
        if notice.about:
            self._dismissed |= set(notice.about)
        else:
            self._asks_for_system_audio = False

    def set_demo(self, demo: Path | None) -> None:
        """The performance to offer, if there is one."""
        self._demo = demo

    def _count_losses(self, snapshot: Snapshot, wall_s: float) -> Snapshot:
        """Tell what a busy computer lost from what never came because the cable was out."""
        if snapshot.state == "no-input":
            self._away_at = wall_s
        if snapshot.lost_s < self._lost_s:
            self._away_s = 0.0  # another engine counts anew
        more_s = max(snapshot.lost_s - self._lost_s, 0.0)
        self._lost_s = snapshot.lost_s
        if wall_s - self._away_at < BACK_AFTER_S:
            self._away_s += more_s
        elif more_s > 0.005:
            self._lost_at = wall_s
        lost_s = max(snapshot.lost_s - self._away_s, 0.0)
        return replace(snapshot, lost_s=lost_s) if self._away_s else snapshot

    def _cut_off(self, snapshot: Snapshot, settings: EngineSettings) -> Trouble | None:
        """What to say of a file that has ended too early; it is looked at once."""
        if snapshot.state != "file-ended":
            return None
        if self._ended[0] != settings.input:
            self._ended = settings.input, missing_sound(Path(settings.input).expanduser())
        return self._ended[1]

    def frame(self, snapshot: Snapshot, settings: EngineSettings, wall_s: float) -> Frame:
        """The frame of this moment."""
        level = Level()
        if snapshot.state == "listening":
            level = self._level.update(snapshot.level_db, snapshot.peak_db, wall_s)
        else:
            self._level.restart(wall_s)
        snapshot = self._count_losses(snapshot, wall_s)
        self._notes_seen = self._notes_seen or bool(snapshot.notes)
        self._dismissed &= set(snapshot.troubles)
        situation = Situation(
            silent_s=self._level.silent_for(wall_s),
            clipped=level.clipped,
            notes_seen=self._notes_seen,
            plays_file=is_sound_file(settings.input),
            plays_demo=self._demo is not None and Path(settings.input) == self._demo,
            demo_available=self._demo is not None,
            lost_lately=wall_s - self._lost_at < LOST_SHOWN_S,
            dismissed=self._dismissed,
            own_model=bool(settings.model),
            asks_for_system_audio=self._asks_for_system_audio,
            cut_off=self._cut_off(snapshot, settings),
            platform=self.platform,
        )
        return Frame(snapshot, wall_s, level, choose_notices(snapshot, situation), settings)
