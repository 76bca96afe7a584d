"""What the process that engraves a score reports; `Failed` is one too."""

from dataclasses import dataclass

from realtime.processes.message_lines import Failed


@dataclass(frozen=True, slots=True)
class Engraved:
    """The pages are written."""

    pages: int


Report = Engraved | Failed
REPORTS: tuple[type[Report], ...] = (Engraved, Failed)
