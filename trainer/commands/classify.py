"""`jtm classify`: what the features of a network know about timbre and style."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from realtime.commands.options import parse_options
from realtime.files.output_files import OutputFiles
from realtime.troubles.errors import UsageError, UserError
from realtime.values.atomic import replace_text
from realtime.values.ranges import Count
from trainer.classification.task import METHODS, PICTURED, ClassifySettings

if TYPE_CHECKING:
    import torch

    from trainer.classification.task import Task
    from trainer.network.backbone import Backbone
    from trainer.network.class_head import ClassHead
    from trainer.shards.shards import Shards

HEADINGS = ("clip", "balanced", "clip F1", "frame", "recording")
"""Columns of the printed table."""


@dataclass(frozen=True)
class ClassifyCommand(ClassifySettings):
    """Classify instruments, ensembles or composers by the features of a network."""

    checkpoint: str = ""
    """Run folder or .safetensors of `jtm pretrain` or `jtm train`; empty for an untrained network
    of the default architecture."""
    data: list[str] = field(default_factory=list)
    """Folders of shards with categories, made by `jtm data index`."""
    test: list[str] = field(default_factory=list)
    """Folders of held-out shards; without them part of --data is held out."""
    out: str = "runs/classify"
    """Folder for classify.json, pictures, and features to be used again."""
    keep: str = ""
    """Train the head that can go live (method stream) and write the transcriber with it to this
    .safetensors file, for `jtm export`; --checkpoint must be a transcriber's."""
    device: str = "auto"
    """Where to compute: auto, cpu, cuda, cuda:1, mps, ..."""
    threads: Count = 1
    """Threads of arithmetic, in this one process."""
    overwrite: bool = False
    """Write over the results that --out holds, and over --keep; features are used again anyway."""
    json: bool = False
    """Print the figures as JSON."""


def main(argv: list[str]) -> int:
    """Run the subcommand; returns its exit code."""
    command = parse_options(
        ClassifyCommand,
        argv,
        command="classify",
        description="Classify by instrument, composer or ensemble from frozen features, "
        "on recordings that were never trained on.",
        examples=("jtm classify --data shards --checkpoint run",),
    )
    if command.keep and not command.checkpoint:
        raise UsageError("--keep adds a head to a transcriber: give --checkpoint RUN.")
    if not command.data:
        raise UsageError("Nothing to classify: give --data FOLDER (made by `jtm data index`).")
    if command.keep and "stream" not in command.methods:
        given = () if command.methods == METHODS else command.methods
        command = replace(command, methods=(*given, "stream"))
    import torch

    from trainer.classification.classify import classify
    from trainer.classification.pitches import PITCH
    from trainer.classification.scores import write_report
    from trainer.classification.task import make_task
    from trainer.classification.windows import require_column, require_target
    from trainer.network.backbone import Backbone
    from trainer.network.model import ModelSettings
    from trainer.runs.architecture import warn_of_reverse
    from trainer.runs.checkpoints import find_checkpoint, load_backbone
    from trainer.runs.machine import choose_device
    from trainer.shards.format import require_rate
    from trainer.shards.given_folders import require_shards
    from trainer.shards.health.clips import healthy_clips
    from trainer.shards.shards import Shards

    require_shards(command.data, "data")
    require_shards(command.test, "test")
    torch.set_num_threads(command.threads)
    torch.manual_seed(command.seed)
    if command.checkpoint:
        model, facts = load_backbone(find_checkpoint(Path(command.checkpoint)))
        require_rate(model.sample_rate)
        if command.layer == "context":
            warn_of_reverse(command.checkpoint, facts)
    else:
        plain = ModelSettings()
        model = Backbone(plain.encoder, plain.context).eval()
    shards, told = healthy_clips(Shards(command.data))
    if told:
        print(f"jtm classify: {told}", file=sys.stderr)
    test = healthy_clips(Shards(command.test))[0] if command.test else None
    told = require_column([*shards.clips, *(test.clips if test else [])], command.hold_out)
    if told:
        print(f"jtm classify: {told}", file=sys.stderr)
    require_target([*shards.clips, *(test.clips if test else [])], command.target)
    device = choose_device(command.device)
    if command.target == PITCH:
        report = probe_pitches(model, shards, test, command, device)
        print(json.dumps(report, indent=1)) if command.json else print_pitches(report, command.out)
        return 0
    model = model.to(device)
    task, everything = make_task(shards, command, model.hop_samples, test)
    folder = claim_folder(command)
    results = classify(
        model,
        everything,
        task,
        command,
        folder / "features",
        lambda text: progress(text, command),
        partial(watch, command.json),
        lambda head: keep_head(head, task, everything, command),
    )
    report = write_report(results, task, command, folder)
    if command.json:
        print(json.dumps(report, indent=1))
    else:
        print_results(report, folder)
    return 0


def probe_pitches(
    model: "Backbone",
    shards: "Shards",
    test: "Shards | None",
    command: ClassifyCommand,
    device: "torch.device",
) -> dict[str, Any]:
    """Probe which notes sound, and write `classify.json`; returns what it holds."""
    from trainer.classification.pitches import METHODS as FOR_PITCHES
    from trainer.classification.pitches import classify_pitches, make_pitch_task

    if command.methods == METHODS:
        command = replace(command, methods=FOR_PITCHES)
    rates = model.hop_samples, model.sample_rate
    task, everything = make_pitch_task(shards, command, *rates, test)
    folder = claim_folder(command)
    results = classify_pitches(
        model, everything, task, command, device, partial(watch, command.json)
    )
    names = [w.recording for w in task.windows]
    told = {
        "settings": asdict(command),
        "test_recordings": sorted({names[i] for i in task.tested.nonzero()[0]}),
        "train_recordings": sorted({names[i] for i in task.trained.nonzero()[0]}),
        "frames": int(task.tested.sum()) * len(task.kept),
        "results": results,
    }
    replace_text(folder / "classify.json", json.dumps(told, indent=1) + "\n")
    return told


def print_pitches(told: dict[str, Any], out: str) -> None:
    """Print what was tested, then a line for each method."""
    tested, trained = len(told["test_recordings"]), len(told["train_recordings"])
    print(
        f"which notes sound: {told['frames']} frames of {tested} recordings tested, {trained} "
        "others trained on"
    )
    columns = ("f1", "precision", "recall", "average_precision")
    print(f"{'method':<16}{'F1':>11}{'precision':>11}{'recall':>11}{'AP':>11}")
    for method, figures in told["results"].items():
        print(f"{method:<16}" + "".join(f"{100 * figures[name]:>10.1f}%" for name in columns))
    print(f"{out}/classify.json")


def claim_folder(command: ClassifyCommand) -> Path:
    """Make --out, where no results may lie already, nor a file at --keep.

    Raises:
        UserError: if there are some and --overwrite is not given, or it cannot be made.
    """
    folder = make_folder(command.out)
    names = ("classify.json", *(f"confusion_{level}.png" for level in PICTURED))
    outputs = OutputFiles(overwrite=command.overwrite)
    outputs.claim_all(*(folder / name for name in names), *filter(None, [command.keep]))
    return folder


def make_folder(out: str) -> Path:
    """The folder of --out, made before anything is computed.

    Raises:
        UserError: if it cannot be.
    """
    try:
        Path(out).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"Cannot make --out '{out}' ({error.strerror}); choose another folder."
        ) from error
    return Path(out)


def keep_head(head: "ClassHead", task: "Task", shards: "Shards", command: ClassifyCommand) -> None:
    """Write the transcriber with a class head, where the command asks for it.

    Its licences are those of the transcriber and of the recordings that the head learned from.
    """
    if command.keep:
        from trainer.runs.checkpoints import add_classes, find_checkpoint
        from trainer.shards.licences import licences_of

        learned = {task.windows[i].clip for i in task.trained.nonzero().flatten().tolist()}
        licences = licences_of(shards.clips[clip] for clip in learned)
        path = find_checkpoint(Path(command.checkpoint))
        add_classes(path, head, task.classes, Path(command.keep), licences)


def progress(text: str, command: ClassifyCommand) -> None:
    """Print what is done now on stderr, unless --json asks for silence."""
    if not command.json:
        print(f"{command.target}: {text} ...", file=sys.stderr)


def watch(silent: bool, name: str, steps: range) -> Iterator[int]:
    """Go through a range with a bar on stderr, which stays when it is full."""
    yield from tqdm(steps, desc=name, mininterval=0.5, disable=silent)


def print_results(told: dict[str, Any], folder: Path) -> None:
    """Print what was tested, then a line for each method."""
    tested, trained = len(told["test_recordings"]), len(told["train_recordings"])
    print(
        f"{len(told['classes'])} classes; {tested} recordings tested, {trained} others trained on"
    )
    print(f"{'method':<16}" + "".join(f"{n:>11}" for n in HEADINGS))
    for method, levels in told["results"].items():
        row = (
            levels["clip"]["accuracy"],
            levels["clip"]["balanced_accuracy"],
            levels["clip"]["macro_f1"],
            levels["frame"]["accuracy"],
            levels["recording"]["accuracy"],
        )
        print(f"{method:<16}" + "".join(f"{100 * value:>10.1f}%" for value in row))
    print(f"always the commonest class: {100 * told['chance']:.1f} %; {folder}/classify.json, .png")
