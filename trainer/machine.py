"""Where and how fast a run computes, and the Lightning trainer for it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from realtime.errors import UserError

if TYPE_CHECKING:
    import pytorch_lightning as pl


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
    log_steps: int = 20
    """Steps between lines of the log."""


def open_run(out: str, resume: bool, machine: MachineSettings, seed: int, command: Any) -> Path:
    """Make the run folder, keep the resolved settings in it, and fix seeds and threads.

    Args:
        out: the folder.
        resume: whether `last.ckpt` must be there.
        machine: threads.
        seed: of everything that is drawn without a generator of its own.
        command: the options, a dataclass, written to `settings.json`.

    Raises:
        UserError: if there is nothing to resume.
    """
    import pytorch_lightning as pl
    import torch

    torch.set_num_threads(machine.threads)
    torch.set_flush_denormal(True)
    pl.seed_everything(seed, verbose=False)
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    last = folder / "last.ckpt"
    if resume and not last.is_file():
        raise UserError(f"Nothing to resume: '{last}' does not exist; leave --resume out.")
    (folder / "settings.json").write_text(json.dumps(asdict(command), indent=1) + "\n")
    return folder


def make_trainer(
    machine: MachineSettings,
    folder: Path,
    steps: int,
    gradient_clip: float,
    callbacks: list["pl.Callback"],
    validate: bool,
    resume: bool = False,
) -> "pl.Trainer":
    """A Lightning trainer that logs to CSV and TensorBoard under `folder`.

    The CSV is `csv/metrics.csv`; a resumed run keeps it and writes `csv/resumed_N/metrics.csv`.
    """
    import pytorch_lightning as pl
    from pytorch_lightning.loggers import CSVLogger, TensorBoardLogger

    earlier = len(list(folder.glob("csv/**/metrics.csv")))
    version = f"resumed_{earlier}" if resume and earlier else ""
    return pl.Trainer(
        accelerator=machine.accelerator,
        devices=machine.devices,
        num_nodes=machine.nodes,
        precision=choose_precision(machine.precision, machine.accelerator),
        max_steps=steps,
        gradient_clip_val=gradient_clip,
        val_check_interval=machine.validate_steps,
        check_val_every_n_epoch=None,
        num_sanity_val_steps=0,
        limit_val_batches=1.0 if validate else 0,
        logger=[
            CSVLogger(folder, "csv", version=version),
            TensorBoardLogger(folder, "tensorboard"),
        ],
        callbacks=callbacks,
        enable_checkpointing=False,
        enable_model_summary=False,
        log_every_n_steps=machine.log_steps,
    )


def choose_precision(wanted: str, accelerator: str) -> str:
    """`auto` -> bf16-mixed where the hardware computes in bfloat16, else 32-true."""
    if wanted != "auto":
        return wanted
    import torch

    if accelerator != "cpu" and torch.cuda.is_available():
        return "bf16-mixed" if torch.cuda.is_bf16_supported() else "16-mixed"
    return "bf16-mixed" if torch.cpu._is_avx512_bf16_supported() else "32-true"
