"""Runs `jtm train`: labelled shards in, a transcription checkpoint out."""

import os
import sys
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from realtime.troubles.errors import UsageError, UserError
from realtime.values.ranges import Amount, Fraction, Whole, check
from trainer.crops.targets import expand_instruments
from trainer.finetuning.initialise import initialise_backbone, load_parts
from trainer.finetuning.settings import FinetuneSettings, InitSettings
from trainer.runs.architecture import print_architecture, require_architecture
from trainer.runs.checkpoints import find_checkpoint, inherited_licences
from trainer.runs.machine import MachineSettings, is_first_process, loader_workers, open_run

if TYPE_CHECKING:
    from trainer.crops.whole_clips import WholeClips
    from trainer.shards.shards import Shards


@dataclass(frozen=True)
class TrainCommand(FinetuneSettings, InitSettings):
    """Train a transcriber on labelled shards."""

    data: list[str] = field(default_factory=list)
    """Folders of shards made by `jtm render` or `jtm data index`, or URLs of such folders."""
    valid: list[str] = field(default_factory=list)
    """Folders of shards that are held out: the run is validated on them."""
    label_fraction: Fraction = 1.0
    """Share of the recordings to train on (0-1); at least one. 0.01 is a part of 0.03."""
    label_seed: Whole = 0
    """Which recordings a fraction takes first."""
    files: str = ""
    """Text file with names of the recordings to learn from, one a line, as they are called in the
    shards or as their files are called, with or without folder and suffix; empty for all."""
    limit: Whole = 0
    """Learn from the first so many recordings only, to try things out; 0 for all."""
    memory_gb: Amount = 0.0
    """Resident memory (GB = 1e9 bytes) that all processes of the run may take together on a
    machine; 0 for no limit. Audio is read in windows, whatever the size of the set."""
    rooms: str = ""
    """Folder of room and device responses (docs/data.md); empty for none."""
    out: str = "runs/train"
    """Run folder: checkpoints, logs, the resolved settings."""
    resume: bool = False
    """Go on from the newest checkpoint in OUT, exactly; options that are not named stay as they
    were."""
    overwrite: bool = False
    """Begin anew where OUT holds a run already: its checkpoints, logs and report are removed."""
    machine: MachineSettings = field(default_factory=MachineSettings)


def run(command: TrainCommand, named: Collection[str] = ()) -> None:
    """Build data, module and Lightning trainer, and fit.

    Args:
        command: the options.
        named: those of the command line, such as model.encoder.kind.

    Raises:
        UserError: if the data or the checkpoint to resume from cannot be used, or the settings do
            not fit each other.
    """
    check(command)
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from trainer.crops.augment import Responses
    from trainer.crops.batches import Draws
    from trainer.crops.labelled import LabelledCrops
    from trainer.finetuning.frozen_parts import FrozenParts
    from trainer.finetuning.lightning_module import Finetune
    from trainer.network.architectures import build_encoder
    from trainer.runs.learning import learn
    from trainer.runs.memory_limit import require_memory
    from trainer.shards.format import require_rate
    from trainer.shards.licences import licences_of

    machine = command.machine
    instruments = expand_instruments(command.model.instruments)
    if command.model.classes:
        raise UsageError(
            "--model.classes is set by `jtm classify --keep`, which trains their head; leave it "
            "out, or name --model.instruments to tell apart note by note."
        )
    wanted = replace(command.model, instruments=instruments)
    model, weights = initialise_backbone(wanted, command)
    if runs := "', '".join([command.init] if isinstance(command.init, str) else command.init):
        context = command.head_on == "context"
        require_architecture(
            "train", runs, wanted, model, named, context=context, head=command.keep_head
        )
        print_architecture("train", runs, model, weights, command.keep_head)
    command = replace(command, model=model)
    if model.default_look_ahead not in model.look_aheads:
        raise UsageError(
            f"--model.default-look-ahead {model.default_look_ahead} is none of the look-aheads "
            f"{list(model.look_aheads)} (frames) of --model.look-aheads; choose one of them."
        )
    encoder = build_encoder(command.model.encoder)
    require_rate(encoder.sample_rate)
    folder = open_run(command)
    labelled = labelled_shards(command)
    require_memory(command.memory_gb, machine)
    crops = LabelledCrops(
        labelled,
        command.crops,
        Responses(command.rooms, encoder.sample_rate),
        Draws(command.seed, command.batch_size, encoder.sample_rate, encoder.hop_samples),
        command.model.instruments,
    )
    clips = held_out_clips(command, labelled, encoder.hop_samples)
    try:
        licences = sorted({*licences_of(labelled.clips), *inherited_licences(command.init)})
        module = Finetune(
            command, crops, clips, loader_workers(machine), machine.accumulate, licences
        )
        require_scored_frames(command, crops.frames)
    except ValueError as error:
        raise UsageError(f"These settings do not fit each other: {error}.") from error
    load_parts(module.transcriber, weights)
    watchers = [FrozenParts(command)]
    trainer = learn(command, folder, module, labelled.digest(), watchers, clips is not None)
    if trainer.is_global_zero:
        print(f"{trainer.global_step} steps; weights: {find_checkpoint(folder)}")


def require_scored_frames(command: TrainCommand, frames: int) -> None:
    """Are there frames in a crop whose notes are known and scored?

    Raises:
        ValueError: if a crop of `frames` frames is too short.
    """
    unscored = command.loss.warm_up_frames + max(command.model.look_aheads)
    if frames <= unscored:
        raise ValueError(
            f"crops of {frames} frames are too short, of which loss.warm_up_frames and the longest "
            f"of model.look_aheads take {unscored}; lengthen crops.seconds"
        )


def labelled_shards(command: TrainCommand) -> "Shards":
    """The healthy clips of `--data` that `--label-fraction` leaves; bad ones are counted aloud.

    Raises:
        UserError: if more than 1 % of the clips are bad, or none has notes.
    """
    from trainer.shards.health.clips import healthy_clips, labelled_clips
    from trainer.shards.shards import Shards
    from trainer.shards.splits import choose_fraction, keep_recordings, recording_of

    chosen = keep_recordings(Shards(command.data), command.files, command.limit)
    shards, told = healthy_clips(chosen)
    shards, without = labelled_clips(shards)
    for line in filter(None, (told, without)):
        print(f"jtm train: {line}", file=sys.stderr)
    if command.label_fraction == 1:
        require_notes(shards)
        return shards
    fraction, seed = command.label_fraction, command.label_seed
    chosen = shards.keep(choose_fraction(shards.clips, fraction, seed, recording_of))
    kept, total = (len(set(map(recording_of, part.clips))) for part in (chosen, shards))
    print(f"jtm train: labels of {kept} of {total} recordings", file=sys.stderr)
    require_notes(chosen)
    return chosen


def require_notes(shards: "Shards") -> None:
    """Refuse clips that only silence could be learned from.

    Raises:
        UserError: if no clip has notes.
    """
    if not any(len(shards.notes(i)) for i in range(len(shards))):
        raise UserError(
            f"None of the {len(shards)} clips to train on has notes, so all that could be learned "
            "is that nothing sounds; give labelled --data (docs/data.md), or `jtm pretrain` these."
        )


def held_out_clips(
    command: TrainCommand, labelled: "Shards", hop_samples: int
) -> "WholeClips | None":
    """What is validated on, None for nothing; what is wrong with --valid is said aloud."""
    from trainer.crops.whole_clips import WholeClips
    from trainer.shards.shards import Shards
    from trainer.shards.splits import describe_shared

    if not command.valid:
        return None
    shards = Shards(command.valid)
    clips = WholeClips(shards, command.machine.validation_clips, hop_samples)
    told = describe_shared(labelled.clips, shards.clips)
    if not len(clips):
        told = f"none of the {len(shards)} clips of --valid has notes; nothing is validated"
    if told and is_first_process():
        print(f"jtm train: {told}", file=sys.stderr)
    return clips if len(clips) else None
