"""Limits the resident memory of a training run, over all its processes."""

import contextlib
import multiprocessing
from typing import Any

import psutil
import pytorch_lightning as pl
import torch

from realtime.troubles.errors import UserError
from trainer.runs.callbacks import StepCallback
from trainer.runs.machine import MachineSettings, loader_workers

GIGABYTE = 1e9
FOR_A_READER = 50e6
"""Bytes that a loader process needs at the least: a few batches, and what it copies on writing."""
FIRST_STEPS, EVERY_STEPS = 10, 50


def resident_bytes() -> int:
    """Bytes of this process and of what its loader processes do not share with it.

    Libraries that unrelated processes use too count in full.
    """
    total = psutil.Process().memory_info().rss
    for child in multiprocessing.active_children():
        with contextlib.suppress(psutil.Error):
            total += psutil.Process(child.pid).memory_full_info().uss
    result: int = total
    return result


def require_memory(memory_gb: float, machine: MachineSettings) -> None:
    """Refuse a limit that the program cannot keep whatever it reads.

    Args:
        memory_gb: GB of the whole run on this machine; 0 for no limit.
        machine: how many processes there are.

    Raises:
        UserError: if its processes alone take the limit.
    """
    own = (resident_bytes() + loader_workers(machine) * FOR_A_READER) * machine.devices
    if memory_gb and own > memory_gb * GIGABYTE:
        raise UserError(
            f"--memory-gb {memory_gb:g} leaves nothing for data: the program takes "
            f"{own / GIGABYTE:.2f} GB before it reads any; raise the limit, or lower "
            "--machine.devices or --machine.workers."
        )


class MemoryGuard(StepCallback):
    """Logs the resident memory of the run on each machine, and stops it above the limit."""

    def __init__(self, memory_gb: float) -> None:
        self.memory_gb = memory_gb
        self._steps = 0
        """Steps of this process; a resumed run begins with other memory, at a later step."""

    def on_step_end(self, trainer: pl.Trainer, module: Any) -> None:
        """Look at each of the first steps, then every few.

        Raises:
            UserError: with what to lower.
        """
        step = trainer.global_step
        self._steps += 1
        if self._steps > FIRST_STEPS and step % EVERY_STEPS:
            return
        own = torch.tensor(resident_bytes() / GIGABYTE, device=module.device)
        taken = float(trainer.strategy.reduce(own, reduce_op="sum")) / trainer.num_nodes
        module.log("train/memory_gb", taken, rank_zero_only=False, batch_size=1)
        if self.memory_gb and taken > self.memory_gb:
            raise UserError(
                f"The run takes {taken:.2f} GB at step {step}, more than --memory-gb "
                f"{self.memory_gb:g}: the model and its crops need it, not the data. Lower "
                "--batch-size, --crops.seconds or --machine.workers, or raise the limit."
            )
