"""Runs begun by torchrun have the losses of one process with the same global batch."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trainer.test_pretrain import ROOT, losses
from tests.trainer.test_pretrain import SMALL as PRETRAIN
from tests.trainer.test_train import SMALL as TRAIN
from tests.trainer.tiny_music import write_tiny_shards

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
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


def start(launcher: list[str], *words: str) -> subprocess.Popen:
    return subprocess.Popen(
        [*launcher, "-m", "jtm", *words],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
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


def launchers(layout: str) -> list[list[str]]:
    """One command line for each machine that the layout stands for."""
    if layout == "one process":
        return [[sys.executable]]
    if layout == "two processes":
        return [[*TORCHRUN, "--standalone", "--nproc-per-node=2"]]
    meet = ["--nnodes=2", "--nproc-per-node=1", "--master-addr=127.0.0.1"]
    meet += [f"--master-port={free_port()}"]
    return [[*TORCHRUN, *meet, f"--node-rank={node}"] for node in (0, 1)]


MACHINE = {
    "one process": ["--batch-size=8"],
    "two processes": ["--batch-size=4", "--machine.devices=2"],
    "two nodes": ["--batch-size=4", "--machine.nodes=2"],
}


def run(command: str, shards: Path, out: Path, layout: str, *words: str) -> dict[int, float]:
    options = [command, f"--data=[{shards}]", f"--out={out}", *OPTIONS[command]]
    options += [*MACHINE[layout], *words]
    finish([start(launcher, *options) for launcher in launchers(layout)])
    return {step: float(loss) for step, loss in losses(out, LOSS[command]).items()}


@pytest.mark.parametrize("command", ["pretrain", "train"])
def test_torchrun_has_the_losses_of_one_process(shards, tmp_path, command):
    """Two processes of one machine, and two "machines" of one process each."""
    alone = run(command, shards, tmp_path / "alone", "one process", "--steps=4")
    assert list(alone) == [0, 1, 2, 3] and len(set(alone.values())) == 4
    for layout in ("two processes", "two nodes"):
        out = tmp_path / layout.replace(" ", "-")
        found = run(command, shards, out, layout, "--steps=4")
        assert found == pytest.approx(alone, abs=1e-5), layout
        assert len(list(out.glob("csv/**/metrics.csv"))) == 1, "each process has logged"


def test_a_job_of_torchrun_that_was_stopped_goes_on(shards, tmp_path):
    """As a scheduler stops and queues a job again: two processes, then the same with --resume."""
    alone = run("pretrain", shards, tmp_path / "alone", "one process", "--steps=6")
    out = tmp_path / "stopped"
    run("pretrain", shards, out, "two processes", "--steps=6", "--machine.stop-after=3")
    found = run("pretrain", shards, out, "two processes", "--steps=6", "--resume")
    assert found == pytest.approx(alone, abs=1e-5)
