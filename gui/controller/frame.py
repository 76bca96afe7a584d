"""What one tick of the controller hands to every part of the window."""

from dataclasses import dataclass

from gui.notices.notice import Notice
from gui.widgets.level import Level
from realtime.values.settings import EngineSettings
from realtime.values.snapshot import Snapshot


@dataclass(frozen=True)
class Frame:
    """The engine's snapshot of one moment, with what the window derives from it."""

    snapshot: Snapshot
    wall_s: float
    """When it was taken, by a clock that only goes forward."""
    level: Level
    notices: tuple[Notice, ...]
    settings: EngineSettings
    """What the user has chosen, which the engine may still be changing to."""
    learning: bool = False
    """Whether the noise gate is learning how loud the room is."""
    muted: bool = False
    """Whether the user, rather than a take that plays, keeps MIDI quiet."""
