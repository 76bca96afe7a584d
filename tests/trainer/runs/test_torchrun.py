"""Runs begun by torchrun or SLURM have the losses of one process with the same global batch."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from realtime.troubles.errors import UserError
from tests.support.tiny_music import write_tiny_shards
from tests.trainer.finetuning.test_train import SMALL as TRAIN
from tests.trainer.pretraining.test_pretrain import ROOT, losses
from tests.trainer.pretraining.test_pretrain import SMALL as PRETRAIN
from tests.trainer.pretraining.test_pretrain import pretrain as pretrain_here
from trainer.runs.machine import require_as_launched

pytestmark = pytest.mark.filterwarnings("ignore")
TORCHRUN = [sys.executable, "-m", "torch.distributed.run"]
OPTIONS = {
    "pretrain": [*PRETRAIN, "--cpc.group=4"],
    # Each process divides the velocity part by its own onsets (docs/scale.md).
    "train": [*TRAIN, "--loss.velocity=0", "--machine.log-steps=1"],
}
LOSS = {"pretrain": "train/loss", "train": "train/total"}


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return write_tiny_shards(tmp_path_factory.mktemp("shards"), clips=4)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Launcher(NamedTuple):
    """What begins the processes of one machine."""

    words: list[str]
    environment: tuple[tuple[str, str], ...] = ()


def start(launcher: Launcher, *words: str) -> subprocess.Popen:
    return subprocess.Popen(
        [*launcher.words, "-m", "jtm", *words],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", **dict(launcher.environment)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(runs: list[subprocess.Popen]) -> None:
    try:
        told = [run.communicate(timeout=300)[0] for run in runs]
    finally:
        for run in runs:
            run.kill()
    assert [run.returncode for run in runs] == [0] * len(runs), "\n".join(t[-2000:] for t in told)


def launchers(layout: str) -> list[Launcher]:
    """One for each machine, or for each task of SLURM, that the layout stands for."""
    if layout == "one process":
        return [Launcher([sys.executable])]
    if layout == "two processes":
        return [Launcher([*TORCHRUN, "--standalone", "--nproc-per-node=2"])]
    port = str(free_port())
    if layout == "slurm":
        return [Launcher([sys.executable], slurm_task(task, port)) for task in (0, 1)]
    meet = ["--nnodes=2", "--nproc-per-node=1", "--master-addr=127.0.0.1", f"--master-port={port}"]
    return [Launcher([*TORCHRUN, *meet, f"--node-rank={node}"]) for node in (0, 1)]


def slurm_task(task: int, port: str) -> tuple[tuple[str, str], ...]:
    """What `srun --ntasks-per-node=2` on one node tells a task about itself."""
    told = {"NTASKS": 2, "NTASKS_PER_NODE": 2, "NNODES": 1, "NODEID": 0, "JOB_ID": 7}
    told |= {"PROCID": task, "LOCALID": task, "JOB_NODELIST": "localhost", "JOB_NAME": "jtm"}
    environment = {f"SLURM_{name}": str(value) for name, value in told.items()}
    environment |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    return tuple(environment.items())


MACHINE = {
    "one process": ["--batch-size=8"],
    "two processes": ["--batch-size=4", "--machine.devices=2"],
    "two nodes": ["--batch-size=4", "--machine.nodes=2"],
    "slurm": ["--batch-size=4", "--machine.devices=2"],
}


def run(command: str, shards: Path, out: Path, layout: str, *words: str) -> dict[int, float]:
    options = [command, f"--data=[{shards}]", f"--out={out}", *OPTIONS[command]]
    options += [*MACHINE[layout], *words]
    finish([start(launcher, *options) for launcher in launchers(layout)])
    return {step: float(loss) for step, loss in losses(out, LOSS[command]).items()}


@pytest.mark.slow
@pytest.mark.parametrize("command", ["pretrain", "train"])
def test_torchrun_has_the_losses_of_one_process(shards, tmp_path, command):
    """Two processes of one machine, two "machines" of one process each, two tasks of SLURM."""
    alone = run(command, shards, tmp_path / "alone", "one process", "--steps=4")
    assert list(alone) == [0, 1, 2, 3] and len(set(alone.values())) == 4
    for layout in ("two processes", "two nodes", "slurm"):
        out = tmp_path / layout.replace(" ", "-")
        found = run(command, shards, out, layout, "--steps=4")
        assert found == pytest.approx(alone, abs=1e-5), layout
        assert len(list(out.glob("csv/**/metrics.csv"))) == 1, "each process has logged"


@pytest.mark.slow
def test_a_job_of_torchrun_that_was_stopped_goes_on(shards, tmp_path):
    """A scheduler stops a job of two processes and queues it again with --resume."""
    alone = run("pretrain", shards, tmp_path / "alone", "one process", "--steps=6")
    out = tmp_path / "stopped"
    run("pretrain", shards, out, "two processes", "--steps=6", "--machine.stop-after=3")
    found = run("pretrain", shards, out, "two processes", "--steps=6", "--resume")
    assert found == pytest.approx(alone, abs=1e-5)


def test_more_processes_than_the_options_say_are_refused(shards, tmp_path, monkeypatch, capsys):
    """They would train the same run twice, into one folder."""
    require_as_launched(1, 1)
    told = {"TORCHELASTIC_RUN_ID": "none", "LOCAL_WORLD_SIZE": "2", "WORLD_SIZE": "4"}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    require_as_launched(2, 2)
    for devices, nodes in ((1, 1), (2, 1), (4, 1), (1, 4)):
        with pytest.raises(UserError, match="devices 2 --machine"):
            require_as_launched(devices, nodes)
    assert pretrain_here(shards, tmp_path / "run", "--steps=1") == 1
    assert "torchrun has started 4 processes, 2 on this machine" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
