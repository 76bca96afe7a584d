"""What the process that engraves a score reports; `Failed` is one too."""

from dataclasses import dataclass

from realtime.processes.message_lines import Failed


@dataclass(frozen=True, slots=True)
class Engraved:
    """So many pages are written, as 1.svg, 2.svg and so on."""

    pages: int


Report = Engraved | Failed
REPORTS: tuple[type[Report], ...] = (Engraved, Failed)
