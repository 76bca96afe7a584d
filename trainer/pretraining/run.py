"""Runs `jtm pretrain`: recordings without labels in, an encoder and its context out."""

import os
import sys
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from realtime.troubles.errors import UsageError
from realtime.values.ranges import Amount, Whole, check
from trainer.network.architectures import ContextKind, EncoderKind
from trainer.pretraining.negatives import SamplerKind
from trainer.pretraining.settings import CollapseSettings, PretrainSettings
from trainer.runs.machine import MachineSettings, is_first_process, loader_workers, open_run

if TYPE_CHECKING:
    from trainer.crops.unlabelled import UnlabelledCrops
    from trainer.shards.shards import Shards


@dataclass(frozen=True)
class PretrainCommand(PretrainSettings):
    """Pretrain encoder and context on recordings without labels."""

    data: list[str] = field(default_factory=list)
    """Folders of shards made by `jtm render` or `jtm data index`, or URLs of such folders; labels
    are not looked at."""
    audio: list[str] = field(default_factory=list)
    """Folders of sound files, decoded once into --cache."""
    valid: list[str] = field(default_factory=list)
    """Folders of shards that are held out: the run is validated on them."""
    init: str = ""
    """Run folder or .safetensors of `jtm pretrain` (or `jtm train`) to begin with, or `default` for
    the weights of the bundled model: other music, another schedule. It decides encoder and
    context. Empty: from scratch."""
    cache: str = ""
    """Folder for decoded --audio, one below it for each; empty for this user's cache."""
    rooms: str = ""
    """Folder of room and device responses (docs/data.md); empty for none."""
    out: str = "runs/pretrain"
    """Run folder: checkpoints, logs, the resolved settings."""
    resume: bool = False
    """Go on from the newest checkpoint in OUT, exactly; options that are not named stay as they
    were."""
    overwrite: bool = False
    """Begin anew where OUT holds a run already: its checkpoints, logs and report are removed."""
    encoder: EncoderKind | Literal[""] = ""
    """Encoder to pretrain; the same as --model.encoder.kind."""
    context: ContextKind | Literal[""] = ""
    """Context to pretrain; the same as --model.context.kind."""
    negatives: SamplerKind | Literal[""] = ""
    """Where negatives come from; the same as --cpc.sampler."""
    files: str = ""
    """Text file with names of the recordings to learn from, one a line, as they are called in the
    shards or as their files are called, with or without folder and suffix; empty for all."""
    limit: Whole = 0
    """Learn from the first so many recordings only, to try things out; 0 for all."""
    memory_gb: Amount = 0.0
    """Resident memory (GB = 1e9 bytes) that all processes of the run may take together on a
    machine; 0 for no limit. Audio is read in windows, whatever the size of the set."""
    collapse: CollapseSettings = field(default_factory=CollapseSettings)
    machine: MachineSettings = field(default_factory=MachineSettings)


def run(
    command: PretrainCommand,
    recordings: "Shards | None" = None,
    named: Collection[str] = (),
) -> None:
    """Build data, module and Lightning trainer, and fit.

    Args:
        command: the options.
        recordings: to learn from instead of everything that --data and --audio name.
        named: options of the command line, such as model.encoder.kind.

    Raises:
        UserError: if the data or the checkpoint to resume from cannot be used, the settings do not
            fit each other, or learning collapses.
    """
    check(command)
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from trainer.network.architectures import build_encoder
    from trainer.pretraining.collapse import CollapseAlarm
    from trainer.pretraining.initialise import initialise_backbone, load
    from trainer.pretraining.lightning_module import Pretrain
    from trainer.runs.checkpoints import inherited_licences
    from trainer.runs.learning import learn
    from trainer.runs.memory_limit import require_memory
    from trainer.shards.format import require_rate
    from trainer.shards.shards import Shards
    from trainer.shards.splits import describe_shared

    machine = command.machine
    model, weights = initialise_backbone(command.model, command.init, named)
    command = replace(command, model=model)
    require_rate(build_encoder(command.model.encoder).sample_rate)
    if recordings is None:
        recordings = open_recordings(command)
    folder = open_run(command)
    require_memory(command.memory_gb, machine)
    crops = make_crops(command, recordings)
    told = [describe_padded(crops)]
    held_out = None
    if command.valid:
        valid = Shards(command.valid)
        told.append(describe_shared(recordings.clips, valid.clips))
        still = replace(
            command,
            seed=0,
            rooms="",
            crops=replace(command.crops, past_chance=0.0),
        )
        quiet = make_crops(still, valid)
        held_out = [
            quiet.draw_batch(i) for i in range(-(-machine.validation_clips // command.batch_size))
        ]
    try:
        module = Pretrain(
            command,
            crops,
            held_out,
            loader_workers(machine),
            machine.accumulate,
            inherited_licences(command.init),
        )
        frames = crops.samples // module.network.hop_samples
        module.network.require_room(frames)
    except ValueError as error:
        raise UsageError(f"These settings do not fit each other: {error}.") from error
    if weights:
        load(module.network, weights, command.init)
    if is_first_process():
        for sentence in filter(None, told):
            print(f"jtm pretrain: {sentence}", file=sys.stderr)
    watchers = [CollapseAlarm(command.collapse)]
    validate = held_out is not None
    trainer = learn(command, folder, module, recordings.digest(), watchers, validate)
    if trainer.is_global_zero:
        print(f"{trainer.global_step} steps; weights: {folder / 'last.safetensors'}")


def open_recordings(command: PretrainCommand) -> "Shards":
    """Everything that --data and --audio name; bad clips are counted aloud and left out."""
    from trainer.shards.audio_folder import audio_caches, open_audio_folder
    from trainer.shards.given_folders import require_shards
    from trainer.shards.health.clips import healthy_clips
    from trainer.shards.shards import Shards
    from trainer.shards.splits import keep_recordings

    require_shards(command.data, "data", "give it to --audio")
    require_shards(command.valid, "valid")
    parts = [Shards(command.data)] if command.data else []
    caches = audio_caches(command.audio, command.cache)
    for folder, cache in zip(command.audio, caches, strict=True):
        parts.append(open_audio_folder(Path(folder), cache))
    chosen = keep_recordings(Shards.joined(parts), command.files, command.limit)
    shards, told = healthy_clips(chosen)
    if told:
        print(f"jtm pretrain: {told}", file=sys.stderr)
    return shards


def describe_padded(crops: "UnlabelledCrops") -> str:
    """One sentence on clips that are shorter than a crop; empty where there are none."""
    if not crops.short:
        return ""
    return (
        f"{crops.short} of {len(crops.lengths)} clips are shorter than a crop of "
        f"{crops.samples / crops.draws.sample_rate:g} s; silence is added to them and predicted "
        "like music, so lower --crops.seconds or leave them out"
    )


def make_crops(command: PretrainCommand, recordings: "Shards") -> "UnlabelledCrops":
    """Crops as the sampler of negatives wants them grouped."""
    from trainer.crops.augment import Responses
    from trainer.crops.batches import Draws
    from trainer.crops.unlabelled import UnlabelledCrops
    from trainer.network.architectures import build_encoder
    from trainer.pretraining.lightning_module import group_size

    encoder = build_encoder(command.model.encoder)
    return UnlabelledCrops(
        recordings,
        command.crops,
        Responses(command.rooms, encoder.sample_rate),
        Draws(command.seed, command.batch_size, encoder.sample_rate, encoder.hop_samples),
        group_size(command.batch_size, command.cpc.group),
        by_category=command.cpc.sampler == "same-category",
        sequential=command.cpc.sampler == "sequential",
    )
