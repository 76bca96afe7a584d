"""Which note-off ends which note-on of a track."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Time = TypeVar("Time", int, float)
What = TypeVar("What")


@dataclass(frozen=True)
class OpenNote(Generic[Time, What]):
    """A note that nothing on its own track ends."""

    start: Time
    what: What
    latest: Time | None
    """Where the next one of its key begins; None where there is none."""


@dataclass
class PairedTrack(Generic[Key, Time, What]):
    """Notes of one track."""

    ended: list[tuple[Key, Time, Time, What]] = field(default_factory=list)
    """Key, start, end, and whatever belongs to the note, key by key."""
    left_open: dict[Key, list[OpenNote[Time, What]]] = field(default_factory=dict)
    spare: dict[Key, list[Time]] = field(default_factory=dict)
    """Times of offs that end nothing on this track."""


def pair_offs(events: Iterable[tuple[Time, Key, What | None]]) -> PairedTrack[Key, Time, What]:
    """Notes of one track's events; other tracks are other players, on whatever channel.

    Of several notes of a key the first to begin is the first to end, so that unisons keep their
    lengths. Where offs are missing, a note ends at the next off or is left open up to the next note
    of its key, so that one lost off spoils one note alone.

    Args:
        events: time, key (channel and pitch, say), and what belongs to the note that begins, or
            None where one ends; in the order of the track.
    """
    by_key: dict[Key, list[tuple[Time, What | None]]] = defaultdict(list)
    for time, key, what in events:
        by_key[key].append((time, what))
    paired = PairedTrack[Key, Time, What]()
    for key, own in by_key.items():
        sounding = 0
        together: list[tuple[Time, What | None]] = []
        for event in own:
            if event[1] is None and not sounding:
                paired.spare.setdefault(key, []).append(event[0])
                continue
            together.append(event)
            sounding += 1 if event[1] is not None else -1
            if not sounding:
                ons = [(time, what) for time, what in together if what is not None]
                offs = [time for time, what in together if what is None]
                for (start, what), end in zip(ons, offs, strict=True):
                    paired.ended.append((key, start, end, what))
                together = []
        _pair_incomplete(paired, key, together)
    return paired


def _pair_incomplete(
    paired: PairedTrack[Key, Time, What], key: Key, events: list[tuple[Time, What | None]]
) -> None:
    """Notes of a key, of which some have no off: each with the off before the next note, if any.

    An off in the tick of a later on is the earlier note's, whichever is written first.
    """
    ons = [(time, what) for time, what in events if what is not None]
    offs = [time for time, what in events if what is None]
    later = [next((time for time, _ in ons if time > start), None) for start, _ in ons]
    for (start, what), latest in zip(ons, later, strict=True):
        end = next((time for time in offs if time > start), None)
        if end is None and latest is None and start in offs:
            end = start
        if end is not None and (latest is None or end <= latest):
            paired.ended.append((key, start, end, what))
        else:
            paired.left_open.setdefault(key, []).append(OpenNote(start, what, latest))
