"""What a process that hears a file reports to the window; `Failed` is the third."""

from dataclasses import dataclass

from realtime.processes.message_lines import Failed


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of the file has been heard."""

    part: float
    """0-1"""


@dataclass(frozen=True, slots=True)
class Transcribed:
    """The notes are written."""

    notes: int
    silent: bool
    """Whether the file holds nothing to hear."""


Report = Progress | Transcribed | Failed
REPORTS: tuple[type[Report], ...] = (Progress, Transcribed, Failed)
