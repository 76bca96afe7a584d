"""Recordings with known notes to score on: a manifest, a folder or corpus, or shards."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from realtime.audio.sources import FileSource
from realtime.files.labels.label_files import MIDI_SUFFIXES
from realtime.files.labels.note_table import SECONDS_DTYPE
from realtime.files.labels.tables import is_number, read_records, require_cell, to_number
from realtime.troubles.errors import UsageError, UserError
from realtime.values.ranges import Range
from trainer.datasets import recordings as corpora
from trainer.datasets.corpora import read_corpus
from trainer.datasets.file_names import find_file, has_suffix
from trainer.evaluation.truths import (
    BLOCK,
    join_clips,
    length_of,
    read_truth,
    require_inside,
    require_possible,
    require_sound,
)
from trainer.shards.format import SHARD_RATE
from trainer.shards.health.clips import clip_faults, is_shard_folder
from trainer.shards.health.recordings import describe_rewritten, reason_of
from trainer.shards.shards import Shards
from trainer.shards.splits import select_split

TOLERANCES = Range(0, 1, "s", above=True)
"""Seconds that an onset may be off at all; larger numbers are milliseconds by mistake."""
ONSET_TOLERANCE = 0.05
"""Seconds that an onset may be off, as in MIREX and in the literature on pianos."""
SOFT_TOLERANCE = 0.1
"""Seconds, for groups whose onsets are bowed, blown, sung or set by hand."""
SOFT_GROUPS = (
    "violin_solo",
    "urmp_mono",
    "urmp_mix",
    "mono_other",
    "ensemble",
    "synth_dev_soft",
    "voice",
)
"""Groups with SOFT_TOLERANCE where neither the manifest nor an option says so."""
YES, NO = ("yes", "true", "y"), ("no", "false", "n")
NEEDED = ("id", "group", "file", "truth")
"""Columns that a manifest must have."""
MAY_SAY = ("truth_shift_s", "instrument", "onset_tolerance_s", "soft")
"""Columns that it may have."""
SHORTEST_SECONDS = 0.001
"""A note that ends where it begins is as long as this."""
UNUSABLE = ("unreadable", "unreadable label", "wrong length")
"""Faults of clips of shards after which nobody knows what sounds in their recordings."""
LATEST_ONSET = 0.05
"""Seconds before the end of a recording after which a note can hardly be heard."""


@dataclass(frozen=True)
class Recording:
    """One item of an evaluation set."""

    id: str
    group: str
    audio: Path
    """A sound file; of shards their folder."""
    notes: np.ndarray
    """float64 (n, 4): onset_s, offset_s, MIDI pitch, velocity 0-127 (NaN unknown)."""
    seconds: float
    tolerance: float = ONSET_TOLERANCE
    """Seconds that an onset may be off."""
    instrument: str = ""
    programs: tuple[int, ...] = ()
    """GM program (0-127, -1 unknown) of each note; empty where none is known."""
    clips: tuple[int, ...] = ()
    """Numbers of its clips in shards, in order."""
    channel: int = 0
    """Channel of the file that is heard, from 1; 0 mixes all of them."""

    def sound(self) -> tuple[np.ndarray, int]:
        """Mono float32 (samples,) and its rate in Hz."""
        if self.clips:
            shards = open_shards(str(self.audio))
            pcm = np.concatenate([np.asarray(shards.audio(clip)) for clip in self.clips])
            return pcm.astype(np.float32) / 32768, SHARD_RATE
        blocks = []
        with closing(FileSource(self.audio, self.channel)) as source:
            while (block := source.read(BLOCK)) is not None:
                blocks.append(block)
        return np.concatenate(blocks), source.rate


@dataclass(frozen=True)
class SetOptions:
    """How the recordings of a set are found, grouped and judged."""

    corpus: str = ""
    """Name of the corpus in a folder, as for `jtm data`; empty to guess it from the files."""
    split: str = ""
    """Part of a corpus, SCHEME:PART, such as official:test; empty for everything."""
    group: str = ""
    """Category by which recordings are grouped, such as instrument or composer; empty for the
    manifest's column group, or the corpus."""
    tolerance: float = ONSET_TOLERANCE
    """Seconds that an onset may be off, above 0, at most 1."""
    soft_tolerance: float = SOFT_TOLERANCE
    """Seconds that an onset of a soft group may be off."""
    soft_groups: tuple[str, ...] = SOFT_GROUPS
    """Groups with soft onsets; a manifest's own column onset_tolerance_s or soft comes first."""


@dataclass(frozen=True)
class LeftOut:
    """Recordings of a set that cannot be scored."""

    reasons: tuple[str, ...]
    """Name of each, and why it cannot."""
    total: int
    """How many recordings there are, those among them."""


TellLeftOut = Callable[[LeftOut], None]


def open_set(
    source: Path,
    options: SetOptions = SetOptions(),
    on_left_out: TellLeftOut = lambda left_out: None,
) -> list[Recording]:
    """Every recording that can be scored.

    Args:
        source: a manifest, a corpus, a folder of pairs, or shards.
        options: how they are found and grouped.
        on_left_out: told of those that cannot be scored, where there are any.

    Raises:
        UserError: if there is nothing to score, a manifest cannot be read, or a soft group is none.
    """
    if source.is_dir():
        shards = is_shard_folder(source)
        read = read_shards if shards else read_folder
        found, left_out = read(source, options)
        if left_out.reasons:
            on_left_out(left_out)
        if not found:
            raise UserError(f"Nothing in '{source}' can be scored; look with `jtm data doctor`.")
    else:
        found = read_manifest(source, options)
    _require_groups(found, options.soft_groups)
    return found


def read_manifest(path: Path, options: SetOptions = SetOptions()) -> list[Recording]:
    """Recordings of a table with columns id, group, file and truth.

    Others are read where they are there: truth_shift_s, instrument, onset_tolerance_s, and soft
    (1 or yes: the soft tolerance).

    Raises:
        UserError: if the manifest or a file that it names is missing or cannot be read.
    """
    if has_suffix(path, (*corpora.AUDIO_SUFFIXES, *MIDI_SUFFIXES)):
        raise UserError(
            f"'{path}' is no manifest; give the folder of recordings with their labels beside "
            "them, or a .csv with columns id,group,file,truth."
        )
    if not path.is_file():
        raise UserError(f"No manifest at '{path}'; give a .csv with columns id,group,file,truth.")
    found: list[Recording] = []
    ids: set[str] = set()
    for number, row in read_records(path, NEEDED, MAY_SAY):
        id = require_cell(path, number, row, "id")
        if id in ids:
            raise UserError(f"Row {number} of '{path}' has the id '{id}' again; give it another.")
        ids.add(id)
        audio = find_file(_beside(path, require_cell(path, number, row, "file")))
        if options.group not in ("", *row):
            raise UsageError(
                f"'{path}' has no column '{options.group}' (--group); it has {', '.join(row)}."
            )
        group = row.get(options.group or "group", "") or row["group"]
        if not audio.is_file():
            raise UserError(f"'{path}' names '{row['file']}', which is no file beside it.")
        seconds = length_of(audio)
        truth = np.zeros(0, SECONDS_DTYPE)
        if row["truth"]:
            truth = read_truth(find_file(_beside(path, row["truth"])))
        shift = _number(path, number, row, "truth_shift_s", 0.0)
        truth["onset"] += shift
        truth["offset"] += shift
        require_inside(row["truth"], truth, seconds)
        soft = group in options.soft_groups
        if row.get("soft"):
            soft = _parse_yes(path, number, row["soft"])
        usual = options.soft_tolerance if soft else options.tolerance
        tolerance = _number(path, number, row, "onset_tolerance_s", usual)
        if not TOLERANCES.holds(tolerance):
            raise UserError(
                f"Row {number} of '{path}' has onset_tolerance_s {tolerance:g}; "
                f"give seconds {TOLERANCES}."
            )
        require_sound(corpora.Recording(id, "", audio), silence=True)
        one = Recording(id, group, audio, np.zeros((0, 4)), seconds, tolerance)
        found.append(with_truth(replace(one, instrument=row.get("instrument", "")), truth))
    if not found:
        raise UserError(f"'{path}' lists no recordings.")
    return found


def read_folder(folder: Path, options: SetOptions) -> tuple[list[Recording], LeftOut]:
    """The labelled recordings of a corpus, or of a folder of pairs, in a part of a split."""
    chosen = select_split(read_corpus(folder, options.corpus), options.split)
    _require_category([one.all_categories() for one in chosen], options.group)
    found, missing, seen = [], [], set()
    for one in chosen:
        try:
            if one.id in seen:
                raise UserError(f"'{one.audio}' has the name of another recording")
            seen.add(one.id)
            if one.read_notes is None:
                raise UserError(f"'{one.audio}' has no label")
            truth = one.read_notes()
            require_possible(one.labels[0] if one.labels else one.audio, truth)
            seconds = length_of(one.audio)
            require_inside(one.id, truth, seconds)
            require_sound(one, silence=not len(truth))
            scored = _of_corpus(one.id, one.audio, seconds, one.all_categories(), options)
            scored = with_truth(replace(scored, channel=one.channel), truth)
        except Exception as error:  # foreign bytes: any parser error means unreadable
            missing.append(f"{one.id}: {reason_of(error, one.labels)}")
            continue
        found.append(scored)
    return found, LeftOut(tuple(missing), len(chosen))


def read_shards(folder: Path, options: SetOptions) -> tuple[list[Recording], LeftOut]:
    """The labelled recordings of a folder of shards, their clips one after another."""
    if options.split or options.corpus:
        raise UsageError(
            f"'{folder}' holds shards, and splits are made before them; give the corpus instead, "
            "or leave --split and --corpus out."
        )
    shards = open_shards(str(folder))
    clips: dict[str, list[int]] = {}
    for i, clip in enumerate(shards.clips):
        if clip.labelled:
            clips.setdefault(clip.id.rpartition("#")[0] or clip.id, []).append(i)
    about = [{"corpus": clip.source, **clip.categories} for clip in shards.clips]
    _require_category(about, options.group)
    found: list[Recording] = []
    missing = ["clips without labels"] * sum(not clip.labelled for clip in shards.clips)
    bad = {one.id: one.detail for one in clip_faults(shards) if one.kind in UNUSABLE}
    for id, numbers in clips.items():
        if faults := [bad[shards.clips[i].id] for i in numbers if shards.clips[i].id in bad]:
            missing.append(f"{id}: {faults[0]}")
            continue
        lengths = [shards.clips[i].n_samples for i in numbers]
        truth = join_clips([shards.notes(i) for i in numbers], lengths)
        one = _of_corpus(id, folder, sum(lengths) / SHARD_RATE, about[numbers[0]], options)
        try:
            found.append(with_truth(replace(one, clips=tuple(numbers)), truth))
        except UserError as error:
            missing.append(str(error))
    return found, LeftOut(tuple(missing), len(shards))


def with_truth(one: Recording, truth: np.ndarray) -> Recording:
    """The recording with those notes, `(n,)` of SECONDS_DTYPE, that begin in time to be heard.

    Raises:
        UserError: if there are notes and none of them does: it is no recording without notes.
    """
    inside = (truth["onset"] >= 0) & (truth["onset"] < one.seconds - LATEST_ONSET)
    if len(truth) and not inside.any():
        raise UserError(
            f"None of the {len(truth)} notes of '{one.id}' begins within its sound; mend its label."
        )
    truth = truth[inside]
    onset = truth["onset"]
    offset = np.maximum(np.minimum(truth["offset"], one.seconds), onset + SHORTEST_SECONDS)
    table = np.stack([onset, offset, truth["pitch"], 127.0 * truth["velocity"]], axis=1)
    known = (truth["program"] >= 0).any()
    programs = tuple(truth["program"].tolist()) if known else ()
    return replace(one, notes=table.astype(float).reshape(-1, 4), programs=programs)


@cache
def open_shards(folder: str) -> Shards:
    """Open a folder of shards, once in a process."""
    return Shards(folder)


def _of_corpus(
    id: str, audio: Path, seconds: float, about: dict[str, str], options: SetOptions
) -> Recording:
    group = about.get(options.group or "corpus", "") or about.get("corpus", "") or "all recordings"
    soft = group in options.soft_groups
    tolerance = options.soft_tolerance if soft else options.tolerance
    nothing = np.zeros((0, 4))
    return Recording(id, group, audio, nothing, seconds, tolerance, about.get("instrument", ""))


def _require_category(known: Sequence[dict[str, str]], group: str) -> None:
    """Refuse a category that no recording has.

    Raises:
        UserError: naming those that there are.
    """
    names = {name for categories in known for name in categories}
    if group and group not in names:
        raise UsageError(
            f"No recording has a category '{group}' (--group); choose one of "
            f"{', '.join(sorted(names))}."
        )


def _require_groups(found: Sequence[Recording], soft: tuple[str, ...]) -> None:
    """Refuse names of soft groups that no recording is of; the default ones may be absent.

    Raises:
        UsageError: naming the groups that there are.
    """
    groups = sorted({one.group for one in found})
    unknown = [name for name in soft if name not in (*groups, *SOFT_GROUPS)]
    if unknown:
        raise UsageError(
            f"No recording is of the group '{unknown[0]}' (--soft-groups); there are "
            f"{', '.join(groups)}."
        )


def _beside(path: Path, name: str) -> Path:
    """A file that a table names, with slashes of any system."""
    given = path.parent / name
    return given if given.exists() else path.parent / name.replace("\\", "/")


def _number(path: Path, number: int, row: dict[str, str], name: str, usual: float) -> float:
    text = row.get(name, "")
    if text and not is_number(text):
        raise UserError(f"Row {number} of '{path}' has {name} '{text}'; give a number there.")
    return to_number(text) if text else usual


def _parse_yes(path: Path, number: int, text: str) -> bool:
    if is_number(text) and to_number(text) in (0, 1):
        return bool(to_number(text))
    if (word := text.lower()) not in YES + NO:
        raise UserError(f"Row {number} of '{path}' has soft '{text}'; say 1 or 0 there.")
    return word in YES


def rewritten_notes(one: Recording) -> str:
    """How many notes of a recording begin twice at one moment with other ends; "" for none."""
    table = np.zeros(len(one.notes), SECONDS_DTYPE)
    table["onset"], table["offset"], table["pitch"] = one.notes[:, :3].T
    table["program"] = one.programs or -1
    return describe_rewritten(table)
