"""Who is trained on and who is tested: by group, never straddling, the same on every machine."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from realtime.troubles.errors import UsageError, UserError
from realtime.troubles.trouble import why
from realtime.values.given_file import require_file
from trainer.datasets.recordings import Recording
from trainer.shards.format import Clip
from trainer.shards.health.same_sounds import MARK
from trainer.shards.shards import Shards

PARTS = ("train", "valid", "test")


HASHED = ("composition", "recording", "performer")
"""Schemes that every corpus has: 80 % train, 10 % valid, 10 % test of these groups."""


BOUNDS = (("test", 0.1), ("valid", 0.2), ("train", 1.0))


def stable_fraction(text: str, seed: int = 0) -> float:
    """A number in [0, 1) that depends on nothing but `text` and `seed`."""
    digest = hashlib.sha256(f"{seed}:{text}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48  # 48 bits fit into a float exactly


def hashed_part(group: str) -> str:
    """The part that a group of recordings belongs to."""
    place = stable_fraction(group)
    return next(part for part, bound in BOUNDS if place < bound)


def group_of(recording: Recording, kind: str) -> str:
    """What must stay on one side: the composition or performer, or the recording if unknown."""
    if kind == "recording":
        return recording.id
    return getattr(recording, kind) or recording.id


def part_of(recording: Recording, scheme: str) -> str:
    """Part of a recording in a named scheme, or in one of HASHED; "" when it is left out."""
    if scheme in HASHED:
        return hashed_part(f"{recording.corpus}/{group_of(recording, scheme)}")
    return recording.splits.get(scheme, "")


def select_split(
    recordings: Sequence[Recording], split: str, disjoint: bool = False
) -> list[Recording]:
    """The recordings of `split`.

    Args:
        recordings: a whole corpus.
        split: "SCHEME:PART", such as "mt3:train" or "composition:test"; "" takes all.
        disjoint: leave those out whose composition is in the scheme's valid or test part too
            (for part train), or in its test part (for part valid).

    Raises:
        UserError: if the corpus has no such scheme or part.
    """
    if not split:
        return list(recordings)
    scheme, _, part = split.partition(":")
    part = {"validation": "valid"}.get(part, part)
    known = sorted({name for one in recordings for name in one.splits}) + list(HASHED)
    if scheme not in known or part not in PARTS:
        raise UsageError(
            f"No split '{split}'; say SCHEME:PART with a scheme of {', '.join(known)} "
            f"and a part of {', '.join(PARTS)}."
        )
    chosen = [one for one in recordings if part_of(one, scheme) == part]
    if disjoint:
        # Training gives way to validation and test, validation to the test, the test to nobody.
        later = PARTS[PARTS.index(part) + 1 :]
        kept_out = {
            group_of(one, "composition") for one in recordings if part_of(one, scheme) in later
        }
        chosen = [one for one in chosen if group_of(one, "composition") not in kept_out]
    if not chosen:
        sizes = [sum(part_of(one, scheme) == name for one in recordings) for name in PARTS]
        there = ", ".join(f"{name} {size}" for name, size in zip(PARTS, sizes, strict=True))
        raise UsageError(
            f"Split '{split}' holds none of the {len(recordings)} recordings ({there}, before "
            "--disjoint); choose another scheme, or say the parts in a column split of "
            "metadata.csv and take metadata:train, metadata:valid and metadata:test."
        )
    return chosen


def straddling(recordings: Iterable[Recording], scheme: str) -> dict[str, set[str]]:
    """Compositions in more than one part of a scheme -> those parts."""
    parts: dict[str, set[str]] = {}
    for one in recordings:
        if one.composition and (part := part_of(one, scheme)):
            parts.setdefault(one.composition, set()).add(part)
    return {work: found for work, found in parts.items() if len(found) > 1}


def choose_fraction(
    items: Sequence[Any], fraction: float, seed: int, group: Callable[[Any], str]
) -> list[int]:
    """Indices of the items in a share of the groups, nested: 1 % is within 3 % of the same seed.

    Args:
        items: clips or recordings.
        fraction: share of the groups (recordings), 0-1; at least one group is kept.
        seed: another seed gives another order of the groups.
        group: name of an item's group.

    Raises:
        UserError: if the fraction is not in (0, 1].
    """
    if not 0 < fraction <= 1:
        raise UsageError(f"--label-fraction must be above 0 and at most 1, not {fraction:g}.")
    names = [group(item) for item in items]
    # One order for all shares of a seed, from which each takes the first: so they are nested.
    order = sorted(set(names), key=lambda name: (stable_fraction(name, seed), name))
    kept = set(order[: max(1, round(fraction * len(order)))])
    return [i for i, name in enumerate(names) if name in kept]


def recording_of(clip: Clip) -> str:
    """What a clip was cut from: its recording; for rendered clips the song, else the clip.

    The mark of a recording's sound, where it has one, stands in the clip's id alone.
    """
    if "recording" in clip.categories:
        mark = MARK.search(clip.id.rpartition("#")[0])
        name = f"{clip.categories.get('corpus', '')}/{clip.categories['recording']}"
        return f"{name}{mark.group()}" if mark else name
    return clip.song or clip.id


def keep_recordings(shards: Shards, files: str, limit: int) -> Shards:
    """The clips of recordings that a list names, of the first so many of those.

    Args:
        shards: to choose from.
        files: text file with a name a line: a recording's, with or without folder and suffix;
            empty lines and those that begin with # are passed over. "" for all.
        limit: how many recordings, 0 for all.

    Raises:
        UserError: if the list cannot be read, or names a recording that is not there.
    """
    if not (files or limit):
        return shards
    names = [recording_of(clip) for clip in shards.clips]
    wanted = set(names)
    if files:
        wanted = set()
        spoken: dict[str, set[str]] = {}
        # A name is known by its end, with the mark of its sound and without: what two are called
        # so names neither.
        for name in names:
            for form in (*_forms(name), *_forms(MARK.sub("", name))):
                spoken.setdefault(form, set()).add(name)
        for line in _lines(files):
            found = next((spoken[form] for form in _forms(line) if form in spoken), set())
            if len(found) != 1:
                first = sorted(found)[:2] or names[:1]
                raise UserError(
                    f"--files '{files}' names '{line}', and {len(found) or 'no'} recordings of the "
                    f"data are called so; the names there are like {' and '.join(first)}."
                )
            wanted |= found
    order = list(dict.fromkeys(name for name in names if name in wanted))
    chosen = set(order[: limit or len(order)])
    return shards.keep(i for i, name in enumerate(names) if name in chosen)


def _forms(name: str) -> list[str]:
    """A name without more and more of its folders, each with its suffix and without."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    inside = [PurePosixPath(*parts[first:]) for first in range(len(parts))]
    return [form for path in inside for form in (str(path), str(path.with_suffix("")))]


def _lines(files: str) -> list[str]:
    try:
        require_file(files)
        text = Path(files).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"Cannot read --files '{files}' ({why(error)}).") from error
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def describe_shared(learned: Iterable[Clip], held_out: Iterable[Clip]) -> str:
    """One sentence on recordings that both sides hold; empty where there are none.

    Recordings are known by what shards keep of them: corpus and recording, of rendered clips the
    song, else the clip's id (`recording_of`); those that have a mark of their sound by that,
    whatever their files are called. A name without a mark, of shards of an earlier version, may be
    that of any recording called so.
    """
    heard, known = set(map(recording_of, held_out)), set(map(recording_of, learned))
    marks = {mark.group() for name in known if (mark := MARK.search(name))}
    unmarked = {name for name in known if not MARK.search(name)}
    plain = {MARK.sub("", name) for name in known}

    def is_shared(name: str) -> bool:
        if mark := MARK.search(name):
            return mark.group() in marks or MARK.sub("", name) in unmarked
        return name in plain

    shared = sorted(filter(is_shared, heard))
    if not shared:
        return ""
    return (
        f"{len(shared)} of the {len(heard)} recordings of --valid are learned from too (first "
        f"'{shared[0]}'): figures of validation will be too good; hold other recordings out with "
        "`jtm data index --split`"
    )
