"""What a process that learns from a lesson reports; `Progress` and `Failed` are reports too."""

from dataclasses import dataclass
from typing import Any

from realtime.processes.message_lines import Failed, Progress

THOROUGH = "thorough"
"""Argument that asks for all weights to learn."""


@dataclass(frozen=True, slots=True)
class Learned:
    """The lesson is over, whether or not it gave anything."""

    card: dict[str, Any]
    """What `realtime.teach.keeping.card_of` makes, with two more entries: `file`, a path, "" where
    nothing is worth keeping; `phrases`, of each the notes `[onset_s, end_s, pitch]` as they were
    heard `before` and `after`."""


Report = Progress | Learned | Failed
REPORTS: tuple[type[Report], ...] = (Progress, Learned, Failed)
