"""`jtm data`: look at a corpus (`doctor`), make it shards (`index`), pack those (`pack`)."""

import json
import os
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from realtime.commands.options import parse_options
from realtime.troubles.errors import UsageError, UserError
from realtime.values.ranges import Amount, Count, Percent, Positive
from trainer.commands import pack
from trainer.datasets.corpora import CORPORA, guess_corpus, read_corpus
from trainer.datasets.pairs import find_gaps
from trainer.datasets.recordings import Recording
from trainer.shards.health.clips import clip_faults, is_shard_folder
from trainer.shards.health.corpora import Diagnosis, diagnose
from trainer.shards.health.recordings import BEARABLE, FATAL
from trainer.shards.health.same_sounds import SameSound
from trainer.shards.index import (
    IndexedShard,
    drop_stale,
    find_same_sounds,
    finished,
    plan_jobs,
    prepare_folder,
    run_jobs,
)
from trainer.shards.shards import Shards
from trainer.shards.splits import select_split, straddling

LISTED = 20
"""Faults that are printed one by one; --json has all."""


@dataclass(frozen=True)
class DoctorCommand:
    """Check a corpus, and list what is wrong with its sounds and labels."""

    folder: str
    """The corpus, or a folder of shards."""
    corpus: str = ""
    """Name of the corpus; empty to guess it from the files."""
    metadata: str = ""
    """CSV with a column file and any categories, for pairs and audio; empty: DIR/metadata.csv."""
    split: str = ""
    """SCHEME:PART, such as official:train; empty for everything."""
    workers: Count = os.cpu_count() or 1
    """Processes that decode sound, each a recording at a time."""
    json: bool = False
    """Print the figures and every fault as JSON."""


@dataclass(frozen=True)
class IndexCommand:
    """Make shards of a corpus."""

    folder: str
    """Folder of the corpus, with all below it."""
    out: str
    """Folder that the shards are written to."""
    corpus: str = ""
    """Name of the corpus; empty to guess it from the files."""
    metadata: str = ""
    """CSV with a column file and any categories, for pairs and audio; empty: DIR/metadata.csv."""
    split: str = ""
    """SCHEME:PART, such as official:train or composition:test; empty for everything."""
    disjoint: bool = False
    """Leave out what shares a composition with the parts held out by the same scheme."""
    clip_seconds: Amount = 30.0
    """Length of the clips that recordings are cut into, about; 0 leaves them whole."""
    shard_seconds: Positive = 1800.0
    """Audio in a shard, about; a shard is what one process makes at a time."""
    max_bad_percent: Percent = 1.0
    """Stop when more recordings than this are too bad to train on."""
    workers: Count = os.cpu_count() or 1
    """Processes that decode sound, each a recording at a time."""
    json: bool = False
    """Print the figures as JSON."""


def main(argv: list[str]) -> int:
    """Run `jtm data doctor`, `index` or `pack`; returns the exit code."""
    actions = {"doctor": doctor, "index": index, "pack": pack.main}
    if not argv or argv[0] not in actions:
        wants_help = bool(argv) and argv[0] in ("-h", "--help")
        print(usage(), file=sys.stdout if wants_help else sys.stderr)
        return 0 if wants_help else 2
    return actions[argv[0]](argv[1:])


def usage() -> str:
    """The text of `jtm data --help`."""
    rows = [f"  {name:<16}{what}" for name, (_, _, what) in CORPORA.items()]
    return "\n".join(
        [
            "usage: jtm data doctor DIR [options]   what is wrong with a corpus or with shards",
            "       jtm data index DIR --out SHARDS [options]   decode a corpus once, for training",
            "       jtm data pack SHARDS --out DIR|URL [options]    tar files for object storage",
            "",
            "Corpora (--corpus; guessed when left out):",
            *rows,
            f"  {'mirdata:NAME':<16}any other corpus that mirdata has a loader with notes for",
        ]
    )


def doctor(argv: list[str]) -> int:
    """List what is wrong; 1 if more than 1 % of the items are too bad to train on."""
    command = parse_options(
        DoctorCommand,
        argv,
        command="data doctor",
        description="Look at every recording of a corpus before training on it.",
        positional=("folder",),
        examples=("jtm data doctor corpus", "jtm data doctor corpus --json"),
    )
    folder = Path(command.folder)
    if command.corpus in ("", "shards") and is_shard_folder(folder):
        if command.split:
            raise UsageError(
                f"'{folder}' holds shards, and splits are made before them; leave --split out or "
                "give the corpus that they were made of."
            )
        found = diagnose_shards(folder)
    else:
        recordings = read_corpus(folder, command.corpus, command.metadata)
        warn_of_doubtful_pairs(recordings, command)
        recordings = select_split(recordings, command.split)
        with tqdm(total=len(recordings), unit="file", disable=command.json) as bar:
            found = diagnose(recordings, command.workers, bar.update)
    if command.json:
        print(json.dumps(found.as_json(), indent=1))
    else:
        print_diagnosis(found)
    return 0 if found.healthy else 1


def diagnose_shards(folder: Path) -> Diagnosis:
    """Diagnose a folder of shards."""
    shards = Shards(folder)
    seconds = sum(clip.n_samples for clip in shards.clips) / 16_000
    faults = clip_faults(shards, listen=True)
    unreadable = {fault.id for fault in faults if fault.kind == "unreadable"}
    readable = [i for i, clip in enumerate(shards.clips) if clip.id not in unreadable]
    notes = sum(len(shards.notes(i)) for i in readable)
    return Diagnosis(len(shards), seconds, notes, tuple(faults))


def print_diagnosis(found: Diagnosis) -> None:
    """A table of counts, the first faults, what is borne on a line of its own, the verdict."""
    told = found.as_json()
    counts = told["counts"]
    print(f"{found.items} items, {told['hours']:g} h, {found.notes} notes")
    for kind in FATAL:
        if counts[kind]:
            print(f"  {kind:<20}{counts[kind]:>6}")
    for fault in sorted(found.faults, key=lambda fault: fault.kind in BEARABLE)[:LISTED]:
        print(f"    {fault.id}: {fault.kind}: {fault.detail}")
    if len(found.faults) > LISTED:
        print(f"    ... and {len(found.faults) - LISTED} more; --json lists all")
    borne = ", ".join(f"{kind} {counts[kind]}" for kind in BEARABLE if counts[kind])
    if borne:
        print(f"{told['bearable_items']} with faults that are trained on all the same: {borne}")
    verdict = "healthy" if found.healthy else "more than 1 %: mend or remove them before training"
    print(f"{found.bad_items} bad ({told['bad_percent']:g} %): {verdict}")


def index(argv: list[str]) -> int:
    """Make the shards that are missing or whose files changed."""
    command = parse_options(
        IndexCommand,
        argv,
        command="data index",
        description="Decode a corpus once, into shards that `jtm train --data` reads.",
        positional=("folder",),
        examples=(
            "jtm data index corpus --out shards",
            "jtm data index corpus --out shards --split official:train",
        ),
    )
    folder, out = Path(command.folder), Path(command.out)
    if out.resolve() == folder.resolve():
        raise UsageError(f"--out is the corpus itself; give another folder, such as {out}-shards.")
    corpus = command.corpus or guess_corpus(folder)
    recordings = read_corpus(folder, corpus, command.metadata)
    chosen = select_split(recordings, command.split, command.disjoint)
    warn_of_doubtful_pairs(recordings, command)
    warn_of_straddling(recordings, command)
    recipe = {
        key: value
        for key, value in asdict(command).items()
        if key in ("metadata", "split", "disjoint", "clip_seconds", "shard_seconds")
    }
    prepare_folder(out, {"corpus": corpus, **recipe})
    jobs = plan_jobs(chosen, out, command.clip_seconds, command.shard_seconds)
    drop_stale(out, jobs)
    kept = [done for job in jobs if (done := finished(job))]
    there = {done.index for done in kept}
    made = list(kept)
    repeated = len(chosen) - sum(len(job.recordings) for job in jobs)
    with tqdm(total=len(chosen) - repeated, unit="file", disable=command.json) as bar:
        bar.update(sum(done.recordings for done in kept))
        missing = [job for job in jobs if job.index not in there]
        for done in run_jobs(missing, command.workers):
            made.append(done)
            bar.update(done.recordings)
            stop_if_bad(made, len(chosen), repeated, command)
    stop_if_bad(made, len(chosen), repeated, command)
    report(made, repeated, command)
    print_same_sounds(find_same_sounds(made, chosen))
    return 0


def print_same_sounds(found: list[tuple[str, SameSound]]) -> None:
    """Say on stderr which recordings sound alike.

    Raises:
        UserError: if two of them have other notes: training would learn both.
    """
    for id, twin in found:
        if twin.difference:
            told = twin.describe(repr(twin.id))
            raise UserError(
                f"'{id}' has {told}; keep the one that is right, and run the same command again."
            )
    if found:
        id, twin = found[0]
        print(
            f"jtm data: {len(found)} recordings have the sound of others, and are trained on twice "
            f"(first: '{id}' as '{twin.id}').",
            file=sys.stderr,
        )


def shared_labels(recordings: list[Recording]) -> list[tuple[Path, list[str]]]:
    """Label files that are those of several recordings, and the names of these."""
    users: dict[Path, list[str]] = {}
    for one in recordings:
        for label in one.labels:
            users.setdefault(label, []).append(one.id)
    return [(label, ids) for label, ids in users.items() if len(ids) > 1]


def warn_of_doubtful_pairs(
    recordings: list[Recording], command: DoctorCommand | IndexCommand
) -> None:
    """Say on stderr which sounds share a label, and what of the metadata matches nothing."""
    if recordings[0].corpus not in ("pairs", "audio"):
        return
    if shared := shared_labels(recordings):
        label, ids = shared[0]
        print(
            f"jtm data: {len(shared)} labels are read as the notes of several sound files, as of "
            f"several microphones (first: '{label}' for '{ids[0]}' and '{ids[1]}'); if they are "
            "different recordings, put a label beside each.",
            file=sys.stderr,
        )
    gaps = find_gaps(Path(command.folder), Path(command.metadata) if command.metadata else None)
    for names, told in (
        (gaps.rows, f"rows of '{gaps.table}' name no sound file"),
        (gaps.files, f"sound files have no row in '{gaps.table}'"),
    ):
        if names:
            print(f"jtm data: {len(names)} {told} (first: '{names[0]}').", file=sys.stderr)


def warn_of_straddling(recordings: list[Any], command: IndexCommand) -> None:
    """Say when the scheme trains on movements of works that it tests on."""
    scheme = command.split.partition(":")[0]
    works = straddling(recordings, scheme) if scheme else {}
    if works and not command.disjoint:
        print(
            f"jtm data: {len(works)} compositions are in more than one part of split '{scheme}'; "
            "--disjoint keeps them apart.",
            file=sys.stderr,
        )


def stop_if_bad(made: list[IndexedShard], total: int, repeated: int, command: IndexCommand) -> None:
    """Raise UserError when too many recordings cannot be trained on."""
    bad = repeated + sum(len(done.skipped) for done in made)
    if bad > command.max_bad_percent / 100 * total:
        raise UserError(
            f"{bad} of {total} recordings are bad ({count_faults(made, repeated, FATAL)}), more "
            f"than {command.max_bad_percent:g} %; look with `jtm data doctor {command.folder}`, or "
            "raise --max-bad-percent to go on without them."
        )


def count_faults(made: list[IndexedShard], repeated: int, kinds: tuple[str, ...]) -> str:
    """Faults of those kinds, most frequent first."""
    counts = Counter(fault.kind for done in made for fault in done.faults if fault.kind in kinds)
    counts["duplicate id"] += repeated
    return ", ".join(f"{kind} {count}" for kind, count in counts.most_common() if count) or "none"


def report(made: list[IndexedShard], repeated: int, command: IndexCommand) -> None:
    """Print what is in the shards."""
    skipped = repeated + sum(len(done.skipped) for done in made)
    recordings = sum(done.recordings - len(done.skipped) for done in made)
    hours = sum(done.seconds for done in made) / 3600
    if command.json:
        told = {
            "recordings": recordings,
            "skipped": skipped,
            "hours": round(hours, 4),
            "shards": len(made),
            "faults": count_faults(made, repeated, FATAL),
            "bearable": count_faults(made, 0, BEARABLE),
        }
        print(json.dumps(told, indent=1))
        return
    print(
        f"{command.out}: {recordings} recordings, {hours:.2f} h in {len(made)} shards; "
        f"{skipped} skipped (faults: {count_faults(made, repeated, FATAL)})"
    )
    borne = count_faults(made, 0, BEARABLE)
    if borne != "none":
        print(f"faults that are trained on all the same: {borne}")
