"""`jtm train`: labelled audio -> transcription checkpoint."""

import dataclasses
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from realtime.errors import UserError
from realtime.options import parse_options
from trainer.finetune import Finetune, FinetuneSettings

if TYPE_CHECKING:
    from trainer.datasets.shards import Shards


@dataclass(frozen=True)
class MachineSettings:
    """Where and how fast."""

    accelerator: str = "auto"
    """Lightning's: auto, cpu, gpu, ..."""
    devices: int = 1
    """Devices (on a CPU: processes) of this machine."""
    nodes: int = 1
    """Machines; start the same command on each by torchrun or SLURM."""
    precision: str = "auto"
    """auto (bf16 where the hardware has it), 32-true, bf16-mixed, 16-mixed."""
    threads: int = 1
    """Arithmetic threads a process on a CPU."""
    workers: int = 0
    """Loader processes a device; 0 draws crops in the training process."""
    checkpoint_minutes: float = 5.0
    stop_after: int = 0
    """Stop and save at this step, as SIGTERM would; 0 goes on to `steps`."""
    validate_steps: int = 500
    """Steps between validations."""
    validation_clips: int = 48


@dataclass(frozen=True)
class TrainCommand(FinetuneSettings):
    """Options of `jtm train`."""

    data: list[str] = field(default_factory=list)
    """Folders of shards made by `jtm render` or `jtm data index`."""
    valid: list[str] = field(default_factory=list)
    """Folders of held-out shards."""
    label_fraction: float = 1.0
    """Share of the recordings to train on (0-1); at least one. 0.01 is a part of 0.03."""
    label_seed: int = 0
    """Which recordings a fraction takes first."""
    rooms: str = ""
    """Folder of room and device responses (docs/data.md); empty for none."""
    out: str = "runs/train"
    """Run folder: checkpoints, logs, the resolved settings."""
    resume: bool = False
    """Go on from OUT/last.ckpt, exactly."""
    machine: MachineSettings = field(default_factory=MachineSettings)


def main(argv: list[str]) -> int:
    """Run the subcommand; returns its exit code."""
    command = parse_options(
        TrainCommand, argv, command="train", description="Train a transcriber on labelled audio."
    )
    if not command.data:
        raise UserError("Nothing to train on: give --data FOLDER (made by `jtm render`).")
    for folder in (*command.data, *command.valid):
        if not Path(folder).is_dir():
            raise UserError(f"No folder '{folder}'; make one with `jtm render --out {folder}`.")
    run(command)
    return 0


def run(command: TrainCommand) -> None:
    """Build data, module and Lightning trainer, and fit.

    Raises:
        UserError: if the data or the checkpoint to resume from cannot be used.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import pytorch_lightning as pl
    import torch
    from pytorch_lightning.loggers import CSVLogger, TensorBoardLogger

    from trainer.architectures import build_encoder
    from trainer.augment import Responses
    from trainer.callbacks import AveragedWeights, TimedCheckpoints
    from trainer.datasets.crops import LabelledCrops
    from trainer.datasets.shards import Shards
    from trainer.validation import WholeClips

    machine = command.machine
    torch.set_num_threads(machine.threads)
    torch.set_flush_denormal(True)
    pl.seed_everything(command.seed, verbose=False)
    folder = Path(command.out)
    folder.mkdir(parents=True, exist_ok=True)
    last = folder / "last.ckpt"
    if command.resume and not last.is_file():
        raise UserError(f"Nothing to resume: '{last}' does not exist; leave --resume out.")
    resolved = dataclasses.asdict(command)
    (folder / "settings.json").write_text(json.dumps(resolved, indent=1) + "\n")

    encoder = build_encoder(command.model.encoder)
    labelled = labelled_shards(command)
    crops = LabelledCrops(
        labelled,
        command.crops,
        Responses(command.rooms, encoder.sample_rate),
        command.seed,
        command.batch_size,
        encoder.sample_rate,
        encoder.hop_samples,
    )
    clips = None
    if command.valid:
        clips = WholeClips(Shards(command.valid), machine.validation_clips, encoder.hop_samples)
    module = Finetune(command, crops, clips, machine.workers)
    average = AveragedWeights(command.optimizer.ema)
    checkpoints = TimedCheckpoints(folder, machine.checkpoint_minutes, average, machine.stop_after)
    trainer = pl.Trainer(
        accelerator=machine.accelerator,
        devices=machine.devices,
        num_nodes=machine.nodes,
        precision=choose_precision(machine.precision, machine.accelerator),
        max_steps=command.steps,
        gradient_clip_val=command.optimizer.gradient_clip,
        val_check_interval=machine.validate_steps,
        check_val_every_n_epoch=None,
        num_sanity_val_steps=0,
        limit_val_batches=1.0 if clips else 0,
        logger=[CSVLogger(folder, "csv", version=""), TensorBoardLogger(folder, "tensorboard")],
        callbacks=[average, checkpoints],
        enable_checkpointing=False,
        enable_model_summary=False,
        log_every_n_steps=20,
    )
    trainer.fit(module, ckpt_path=last if command.resume else None, weights_only=True)
    if trainer.is_global_zero:
        print(f"{trainer.global_step} steps; weights: {folder / 'best.safetensors'}")


def labelled_shards(command: TrainCommand) -> "Shards":
    """The healthy clips of `--data` that `--label-fraction` leaves; bad ones are counted aloud.

    Raises:
        UserError: if more than 1 % of the clips are bad.
    """
    from trainer.datasets.shard_health import healthy_clips
    from trainer.datasets.shards import Shards
    from trainer.datasets.splits import choose_fraction, recording_of

    shards, told = healthy_clips(Shards(command.data))
    if told:
        print(f"jtm train: {told}", file=sys.stderr)
    if command.label_fraction == 1:
        return shards
    fraction, seed = command.label_fraction, command.label_seed
    return shards.keep(choose_fraction(shards.clips, fraction, seed, recording_of))


def choose_precision(wanted: str, accelerator: str) -> str:
    """`auto` -> bf16-mixed where the hardware computes in bfloat16, else 32-true."""
    if wanted != "auto":
        return wanted
    import torch

    if accelerator != "cpu" and torch.cuda.is_available():
        return "bf16-mixed" if torch.cuda.is_bf16_supported() else "16-mixed"
    return "bf16-mixed" if torch.cpu._is_avx512_bf16_supported() else "32-true"
