"""Where and how fast a run computes, and the Lightning trainer for it."""

import contextlib
import ctypes
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

from realtime.troubles.errors import UsageError, UserError
from realtime.values.ranges import Amount, Count, Whole

if TYPE_CHECKING:
    import pytorch_lightning as pl
    import torch

Precision = Literal["32-true", "bf16-mixed", "16-mixed"]
"""Numbers that a network computes in, as Lightning calls them."""
GPU_WORKERS = 4
"""Loader processes that keep a GPU busy."""
TRIM_THRESHOLD, TOP_PAD, MMAP_MAX = -1, -2, -4
"""Names of `mallopt`'s parameters in <malloc.h>."""


def keep_freed_memory() -> None:
    """Let glibc keep what training frees and asks for again at every step.

    By default it hands large blocks back to the kernel and gets them again page by page, zeroed:
    a third of the time of a step on a CPU. Does nothing under other C libraries.
    """
    libc = ctypes.CDLL(None)
    if not (hasattr(libc, "mallopt") and hasattr(libc, "gnu_get_libc_version")):
        return
    libc.mallopt(MMAP_MAX, 0)
    libc.mallopt(TRIM_THRESHOLD, 2**31 - 1)
    libc.mallopt(TOP_PAD, 256 * 2**20)


@dataclass(frozen=True)
class MachineSettings:
    """Devices, precision, loader processes, checkpoints and logs of a run."""

    accelerator: str = "auto"
    """Lightning's: auto, cpu, gpu, ..."""
    devices: Count = 1
    """Devices (on a CPU: processes) of this machine."""
    nodes: Count = 1
    """Machines; start the same command on each by torchrun or SLURM."""
    precision: Literal["auto", "32-true", "bf16-mixed", "16-mixed"] = "auto"
    """auto: bf16-mixed where the hardware has it, else 16-mixed on a GPU, 32-true on a CPU."""
    accumulate: Count = 1
    """Batches whose gradients are added up for one step: as a batch that many times as large."""
    threads: Count = 1
    """Arithmetic threads a process on a CPU."""
    workers: Whole | None = None
    """Loader processes a device; 0 draws crops in the training process. Left out: 4 where there
    is a GPU to be kept busy, else 0."""
    tf32: bool = True
    """Multiply in TF32 what is in 32 bits, on a GPU."""
    compile: bool = False
    """Compile the network with torch.compile: minutes at the start, faster steps."""
    checkpoint_minutes: Amount = 5.0
    """Minutes from one checkpoint to the next, from which a killed run goes on."""
    keep_steps: Whole = 0
    """Keep the averaged weights of every this many steps, in OUT/kept; 0 keeps none."""
    keep_minutes: Amount = 0.0
    """Keep them every so many minutes; 0 keeps none."""
    keep_count: Whole = 0
    """How many of the kept checkpoints stay, the newest first; 0 for all."""
    stop_after: Whole = 0
    """Stop and save at this step, as Ctrl-C would; 0 goes on to `steps`."""
    validate_steps: Count = 500
    """Steps between validations; the last step is followed by one too."""
    validation_clips: Count = 48
    """Held-out clips that a validation hears, at most; crops in `jtm pretrain`."""
    log_steps: Count = 20
    """Steps between lines of the log."""
    logger: Literal["none", "wandb", "comet"] = "none"
    """Another logger beside CSV and TensorBoard; its package must be installed."""
    logger_online: bool = False
    """Let that logger send its figures; else it writes them below OUT."""


class Run(Protocol):
    """What the commands that train have in common."""

    @property
    def out(self) -> str:
        """Path of the run folder."""

    @property
    def resume(self) -> bool:
        """Whether to go on from its newest checkpoint."""

    @property
    def overwrite(self) -> bool:
        """Whether an earlier run there is replaced."""

    @property
    def seed(self) -> int:
        """Seed of everything that is drawn without a generator of its own."""

    @property
    def machine(self) -> MachineSettings:
        """Devices, precision, checkpoints and logs."""


def open_run(command: Run) -> Path:
    """Make the run folder, and fix seeds and threads; nothing in the folder is touched yet.

    Raises:
        UserError: if there is nothing to resume or something else there, the options are not those
            of the run, or the folder cannot be made.
    """
    import pytorch_lightning as pl
    import torch

    from trainer.runs.folder import checkpoint_to_resume, held, require_free, require_unread
    from trainer.runs.kept_options import require_same_network
    from trainer.runs.loggers import quieten_lightning

    if command.resume and command.overwrite:
        raise UsageError("--resume goes on and --overwrite begins anew; leave one of them out.")
    require_as_launched(command.machine.devices, command.machine.nodes)
    quieten_lightning()
    keep_freed_memory()
    torch.set_num_threads(command.machine.threads)
    torch.set_flush_denormal(True)
    pl.seed_everything(command.seed, verbose=False)
    folder = Path(command.out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"Cannot make --out '{folder}' ({error.strerror}).") from error
    if is_first_process():
        with held(folder):
            pass  # nobody else does; `learn` holds it as long as it trains
    if command.resume:
        checkpoint_to_resume(folder)
        require_same_network(folder, command)
    elif is_first_process():
        require_unread(folder)
        if not command.overwrite:
            require_free(folder)
    if command.machine.accelerator != "cpu" and torch.cuda.is_available():
        torch.set_float32_matmul_precision("high" if command.machine.tf32 else "highest")
    return folder


def is_first_process() -> bool:
    """Is this the process of a run that prints, and that clears and writes its folder?"""
    from pytorch_lightning.utilities import rank_zero_only

    return bool(getattr(rank_zero_only, "rank", 0) == 0)


def make_trainer(
    machine: MachineSettings,
    folder: Path,
    steps: int,
    gradient_clip: float,
    callbacks: list["pl.Callback"],
    validate: bool,
    resume: bool = False,
) -> "pl.Trainer":
    """A Lightning trainer that logs and keeps its checkpoints under `folder`.

    Raises:
        UserError: if this machine lacks the accelerator or so many devices of it.
    """
    import pytorch_lightning as pl
    from lightning_fabric.utilities.exceptions import MisconfigurationException

    from trainer.runs.callbacks import LastValidation
    from trainer.runs.folder import AtomicCheckpoints
    from trainer.runs.loggers import StepProgress, make_loggers

    try:
        return pl.Trainer(
            accelerator=machine.accelerator,
            devices=machine.devices,
            num_nodes=machine.nodes,
            precision=choose_precision(machine.precision, machine.accelerator),
            max_steps=steps,
            accumulate_grad_batches=machine.accumulate,
            gradient_clip_val=gradient_clip,
            val_check_interval=machine.validate_steps * machine.accumulate,
            check_val_every_n_epoch=None,
            num_sanity_val_steps=0,
            limit_val_batches=1.0 if validate else 0,
            logger=make_loggers(folder, resume, machine.logger, machine.logger_online),
            plugins=[AtomicCheckpoints()],
            callbacks=[*callbacks, LastValidation(), StepProgress()],
            use_distributed_sampler=False,  # the loaders share out clips themselves
            enable_checkpointing=False,
            enable_model_summary=False,
            log_every_n_steps=machine.log_steps,
        )
    except (MisconfigurationException, ImportError, ValueError) as error:
        reason = str(error).splitlines()[0].rstrip(".!")
        raise UserError(
            f"--machine.accelerator {machine.accelerator} with --machine.devices {machine.devices} "
            f"is not to be had here ({reason}); try --machine.accelerator auto."
        ) from error


def fit(trainer: "pl.Trainer", module: Any, command: Run, data_digest: str) -> None:
    """Train, from the newest whole checkpoint where the run goes on.

    Before the first step, what an earlier run left is removed where that is asked for, and the
    options are kept in the folder.

    Args:
        trainer: from `make_trainer`.
        module: to train, with its `network`.
        command: the options, a dataclass.
        data_digest: of the training data.

    Raises:
        UserError: if the checkpoint is of another network, the disk is full, or what training
            itself raises.
    """
    from realtime.values.atomic import replace_text
    from trainer.network.architectures import warn_of_future
    from trainer.runs.folder import (
        FULL_DISK,
        STOPPED,
        clear_run,
        disk_error,
        newest_checkpoint,
        require_same_weights,
        write_facts,
    )

    folder = Path(command.out)
    start = newest_checkpoint(folder) if command.resume else None
    if start is not None:
        require_same_weights(start, module)
    if is_first_process():
        warn_of_future(module.network)
        if command.overwrite:
            clear_run(folder)
    write_facts(folder, command, data_digest, command.resume)
    (folder / STOPPED).unlink(missing_ok=True)
    try:
        trainer.fit(module, ckpt_path=start, weights_only=True)
    except UserError as error:
        with contextlib.suppress(OSError):
            replace_text(folder / STOPPED, json.dumps({"message": str(error)}) + "\n")
        raise
    except OSError as error:
        if error.errno not in FULL_DISK:
            raise
        raise disk_error(error, Path(error.filename or folder / "csv")) from error


def compile_parts(network: "torch.nn.Module") -> None:
    """Have torch.compile make kernels of encoder and context (and head), in place.

    The parts, not the whole: what a step draws and decides in between stays Python, and the names
    of weights stay as they are.
    """
    for name in ("encoder", "context", "head"):
        part = getattr(network, name, None)
        if part is not None:
            part.compile()


def loader_workers(machine: MachineSettings) -> int:
    """Loader processes of each device, as asked for or as the hardware wants."""
    if machine.workers is not None:
        return machine.workers
    import torch

    return GPU_WORKERS if machine.accelerator != "cpu" and torch.cuda.is_available() else 0


def choose_precision(wanted: str, accelerator: str) -> Precision:
    """`auto` -> bf16-mixed where the hardware computes in bfloat16, else 32-true."""
    if wanted != "auto":
        return cast(Precision, wanted)
    import torch

    if accelerator != "cpu" and torch.cuda.is_available():
        return "bf16-mixed" if torch.cuda.is_bf16_supported() else "16-mixed"
    return "bf16-mixed" if torch.cpu._is_avx512_bf16_supported() else "32-true"


def choose_device(name: str) -> "torch.device":
    """`auto` -> the GPU where there is one, else the CPU; anything else as torch calls it.

    Raises:
        UserError: if there is no such device here.
    """
    import torch

    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise UserError(
            f"--device {name} is not to be had here ({reason}); try --device auto or cpu."
        ) from error
    return device


def require_as_launched(devices: int, nodes: int) -> None:
    """Refuse a run that torchrun has started otherwise than the options say.

    Lightning would take the options' word: two processes that each know of one device train the
    same run twice, into the same folder.

    Args:
        devices: processes of each machine, of `--machine.devices`.
        nodes: machines, of `--machine.nodes`.

    Raises:
        UserError: with the options that fit.
    """
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        return
    local, world = (int(os.environ[name]) for name in ("LOCAL_WORLD_SIZE", "WORLD_SIZE"))
    if (local, world) != (devices, devices * nodes):
        raise UserError(
            f"torchrun has started {world} processes, {local} on this machine, and the options say "
            f"{devices} on each of {nodes}: give --machine.devices {local} --machine.nodes "
            f"{world // local}, or change --nproc-per-node and --nnodes of torchrun."
        )
