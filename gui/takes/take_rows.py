"""A take in words, for the list. No Qt."""

import time
from dataclasses import dataclass

from gui.language.formats import duration
from gui.language.translate import plural, tr
from gui.music.instruments import instrument_word
from realtime.takes.library import Take


@dataclass(frozen=True)
class TakeRow:
    """Three lines, what stands at the right of the first, and one sentence for a screen reader."""

    name: str
    details: str
    when: str
    instrument: str = ""

    @property
    def spoken(self) -> str:
        """All that the row shows, as one text for screen readers."""
        return ", ".join(
            part for part in (self.name, self.instrument, self.details, self.when) if part
        )


def count_notes(notes: int, heard: bool) -> str:
    """How many notes a take has, in words; where it is still `heard`, none yet is no number."""
    return tr("being heard…") if heard and not notes else plural(notes, "note", "notes")


def take_row(take: Take, now: float | None = None, heard: bool = False) -> TakeRow:
    """The row of a take: length, notes, versions; when it was recorded.

    Args:
        take: that the row is of.
        now: Unix time in seconds, None for this moment.
        heard: whether its notes are still to come.
    """
    parts = [duration(take.seconds), count_notes(take.notes, heard)]
    if len(take.versions) > 1:
        parts.append(plural(len(take.versions), "version", "versions"))
    dated = [when(take.recorded, time.time() if now is None else now)]
    if take.sound is None:
        dated.append(tr("notes only"))
    instrument = instrument_word(take.instrument)
    return TakeRow(take.name, " · ".join(parts), " · ".join(filter(None, dated)), instrument)


def when(recorded: float, now: float) -> str:
    """Today and yesterday in words, other days by date, "" where there is no such day.

    Unix times in seconds.
    """
    try:
        then, today = time.localtime(recorded), time.localtime(now)
    except (OverflowError, OSError, ValueError):
        return ""
    clock = time.strftime("%H:%M", then)
    if then[:3] == today[:3]:
        return tr("today {time}", time=clock)
    if then[:3] == time.localtime(now - 86_400)[:3]:
        return tr("yesterday {time}", time=clock)
    return time.strftime("%Y-%m-%d %H:%M", then)
