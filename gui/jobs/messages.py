"""Reports of a process that transcribes a file; it sends `Progress` and `Failed` too."""

from dataclasses import dataclass

from realtime.processes.message_lines import Failed, Progress
from realtime.troubles.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Begun:
    """The file is a take now, with its sound; its notes are still to be heard."""

    csv: str
    """Path of the .csv that the notes will be written to."""


@dataclass(frozen=True, slots=True)
class Found:
    """The notes of the file's beginning are written, and those of the rest will follow."""

    notes: int


@dataclass(frozen=True, slots=True)
class Transcribed:
    """All notes of the file are written."""

    notes: int
    silent: bool
    """Whether the file holds nothing to hear."""
    cut_off: Trouble | None = None
    """What to say of a file that holds less sound than it promises."""


Report = Begun | Progress | Found | Transcribed | Failed
REPORTS: tuple[type[Report], ...] = (Begun, Progress, Found, Transcribed, Failed)
