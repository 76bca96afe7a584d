"""`jtm evaluate`: score a model on recordings with known notes."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

from tqdm import tqdm

from realtime.commands.options import parse_options
from realtime.files.output_files import OutputFiles
from realtime.transcription.refine import refine_settings
from realtime.values.ranges import Count
from trainer.evaluation.manifest import unused_columns
from trainer.evaluation.recording import (
    LATEST_ONSET,
    ONSET_TOLERANCE,
    SOFT_GROUPS,
    SOFT_TOLERANCE,
    TOLERANCES,
    ScoredRecording,
    SetOptions,
    rewritten_notes,
)
from trainer.evaluation.reports import (
    NO_SPREAD,
    as_csv,
    as_json,
    breakdowns_of,
    format_false,
    format_settings,
    format_table,
    lacks_interval,
    tables_of,
)
from trainer.evaluation.sets import LeftOut, open_set
from trainer.evaluation.tuning import Search, thresholds_json
from trainer.evaluation.views import (
    REFINED,
    Examination,
    leave_out_all,
    name_of,
    score_all,
    tune_all,
)

UNSCORED = {
    "outside": "begin before their sound, or "
    f"less than {1000 * LATEST_ONSET:g} ms before its end or later",
    "off_keyboard": "lie off a piano's keyboard",
    "drums": "are on the drum channel (10)",
}
"""Count of a recording -> where the notes lie that no score counts."""
LISTED = 5
"""Recordings that are named one by one."""


@dataclass(frozen=True)
class EvaluateCommand:
    """Score a model on recordings with known notes."""

    source: str
    """CSV with columns id,group,file,truth, whose paths are relative to it; or a folder of audio
    with labels, a corpus, or shards."""
    model: str = ""
    """Name of a taught instrument, or file of one or of a model; empty for the bundled model."""
    corpus: str = ""
    """Name of the corpus in a folder, as for `jtm data`; empty to guess it from the files."""
    split: str = ""
    """Part of a corpus, SCHEME:PART, such as official:test; empty for everything."""
    group: str = ""
    """Category or column by which recordings are grouped, such as instrument; empty for the
    manifest's column group, or the corpus."""
    onset_tolerance: Annotated[float, TOLERANCES] = ONSET_TOLERANCE
    """Seconds that an onset may be off."""
    soft_tolerance: Annotated[float, TOLERANCES] = SOFT_TOLERANCE
    """Seconds that an onset of a soft group may be off: bowed, blown, sung, or set by hand."""
    soft_groups: list[str] = field(default_factory=lambda: list(SOFT_GROUPS))
    """Groups with soft onsets; a manifest's columns onset_tolerance_s and soft come first."""
    tune: str = ""
    """Search the thresholds of every look-ahead on this set and write them to this JSON file."""
    left_out: bool = False
    """Score every group with thresholds tuned on the other groups only, from those of the model:
    what may be hoped for elsewhere. Takes minutes for each look-ahead."""
    rounds: Count = 2
    """Passes over all thresholds when tuning."""
    workers: Count = 2
    """Processes that listen and score."""
    csv: str = ""
    """Also write every figure of every recording to this CSV file."""
    overwrite: bool = False
    """Write over --tune and --csv where they are there already."""
    json: bool = False
    """Print the figures as JSON."""


def main(argv: list[str]) -> int:
    """Run the subcommand; returns its exit code."""
    command = parse_options(
        EvaluateCommand,
        argv,
        command="evaluate",
        description="Score a model on recordings with known notes, for each look-ahead.",
        positional=("source",),
        examples=("jtm evaluate truth.csv", "jtm evaluate truth.csv --model my.onnx --json"),
    )
    from realtime.inference.instruments import find_model
    from realtime.inference.onnx_model import OnnxModel

    model_path = find_model(command.model)
    options = SetOptions(
        command.corpus,
        command.split,
        command.group,
        command.onset_tolerance,
        command.soft_tolerance,
        tuple(command.soft_groups),
    )
    recordings = open_set(Path(command.source), options, print_left_out)
    print_columns(Path(command.source), options)
    print_uncounted(recordings)
    for one in recordings:
        if odd := rewritten_notes(one):
            print(f"jtm evaluate: of the notes of '{one.id}' {odd}; all count.", file=sys.stderr)
    read = [one.audio for one in recordings] + ([model_path] if model_path else [])
    outputs = OutputFiles(read, command.overwrite)
    for path in filter(None, (command.tune, command.csv)):
        outputs.claim(path)
    spec = OnnxModel(model_path).spec
    given = Examination(model_path, spec, recordings, command.workers)
    how = Search(command.rounds, print_step)
    if command.tune:
        spec, views = tune_all(given, how)
        write(command.tune, outputs, json.dumps(thresholds_json(spec), indent=1))
    else:
        with tqdm(total=len(recordings), unit="recording", disable=command.json) as bar:
            views = score_all(given, bar.update)
    told = {}
    if command.left_out:
        told = leave_out_all(replace(given, spec=spec), how)
    if command.csv:
        write(command.csv, outputs, as_csv(spec, views))
    if command.json:
        left_out = {"left_out": {name_of(spec, view): table for view, table in told.items()}}
        print(json.dumps(as_json(spec, views) | (left_out if told else {}), indent=1))
        return 0
    for view, outcomes in views.items():
        settings = refine_settings(spec)[0] if view == REFINED else spec.heads[view].decoder
        print(f"\n{format_settings(settings)}")
        print(format_table(name_of(spec, view), tables_of(outcomes)))
        if view in told:
            print(format_table("each group left out of the tuning", told[view]))
    usual = views[spec.default_head]
    for name, table in breakdowns_of(usual).items():
        print(f"\n{format_table(name, table)}")
    if any(lacks_interval(row) for seen in views.values() for row in tables_of(seen).values()):
        print(f"\n{NO_SPREAD}")
    print(f"\n{format_false(usual)}".rstrip())
    return 0


def write(name: str, outputs: OutputFiles, text: str) -> None:
    """Write a claimed file, and say on stderr where somebody else has made one there meanwhile."""
    with outputs.writing(name) as partial:
        partial.write_text(text, encoding="utf-8")
    if (place := outputs.places[Path(name)]) != Path(name):
        print(f"jtm evaluate: {name} was made by somebody else meanwhile; see {place}.",
              file=sys.stderr)  # fmt: skip


def print_left_out(left_out: LeftOut) -> None:
    """Say on stderr how many recordings are not scored, and why the first is not."""
    count, total = len(left_out.reasons), left_out.total
    first = left_out.reasons[0].removesuffix(".")
    print(f"jtm evaluate: {count} of {total} left out (first: {first})", file=sys.stderr)


def print_columns(source: Path, options: SetOptions) -> None:
    """Say on stderr which columns of a manifest are not read."""
    if source.is_file() and (names := unused_columns(source, options)):
        print(f"jtm evaluate: columns that are not read: {', '.join(names)}", file=sys.stderr)


def print_uncounted(recordings: Sequence[ScoredRecording]) -> None:
    """Say on stderr how many notes no score counts, and which recordings share sound or label."""
    for name, where in UNSCORED.items():
        counts = {one.id: getattr(one, name) for one in recordings if getattr(one, name)}
        if counts:
            print(
                f"jtm evaluate: {sum(counts.values())} notes are not counted, which {where} "
                f"({listed(f'{count} of {id!r}' for id, count in counts.items())})",
                file=sys.stderr,
            )
    if fellows := [f"{one.id!r} as {one.fellow!r}" for one in recordings if one.fellow]:
        print(
            f"jtm evaluate: {len(fellows)} recordings are scored against the label of others, as "
            f"of several microphones ({listed(fellows)}); if they are different ones, put a label "
            "beside each",
            file=sys.stderr,
        )
    silent = {one.id: not len(one.notes) for one in recordings}
    if twins := [one for one in recordings if one.twin]:
        names = (
            f"{one.id!r} as {one.twin!r}"
            + (
                ""
                if silent[one.id] == silent[one.twin]
                else ", of which one is said to have no notes"
            )
            for one in twins
        )
        print(
            f"jtm evaluate: {len(twins)} recordings have the sound of others, and count again "
            f"({listed(names)})",
            file=sys.stderr,
        )


def listed(names: Iterable[str]) -> str:
    """The first names, and how many more there are."""
    every = list(names)
    more = [f"and {len(every) - LISTED} more"] if len(every) > LISTED else []
    return ", ".join(every[:LISTED] + more)


def print_step(text: str) -> None:
    """Say on stderr how tuning gets on."""
    print(text, file=sys.stderr)
