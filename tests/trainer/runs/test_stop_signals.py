"""A run that is told to stop saves and ends well; told twice, it ends at once."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from tests.support.tiny_music import write_tiny_shards
from tests.trainer.finetuning.test_train import train
from tests.trainer.pretraining.test_pretrain import pretrain
from trainer.runs.callbacks import AveragedWeights, TimedCheckpoints

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.filterwarnings("ignore")


def interrupt_once_it_logs(run: Path, number: int) -> threading.Thread:
    """What a terminal does: the signal reaches this process and its loaders."""

    def wait() -> None:
        while not list(run.glob("csv/metrics.csv")):
            time.sleep(0.05)
        for loader in multiprocessing.active_children():
            if number == signal.SIGINT:
                os.kill(loader.pid, number)
        os.kill(os.getpid(), number)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


@pytest.mark.slow
@pytest.mark.parametrize(
    ("start", "number", "workers"),
    [(pretrain, signal.SIGINT, 1), (train, signal.SIGINT, 0), (pretrain, signal.SIGTERM, 0)],
)
def test_a_run_told_to_stop_saves_and_says_how_to_go_on(tmp_path, capfd, start, number, workers):
    shards, run = write_tiny_shards(tmp_path / "shards", clips=3), tmp_path / "run"
    before = signal.getsignal(number)
    sender = interrupt_once_it_logs(run, number)
    assert start(shards, run, "--steps=100000", f"--machine.workers={workers}") == 0
    sender.join()
    step = torch.load(run / "last.ckpt", weights_only=True)["global_step"]
    told = capfd.readouterr().err
    assert 0 < step < 100_000 and (run / "last.safetensors").is_file()
    assert f"jtm: stopped at step {step} of 100000 and saved; go on with --resume --out" in told
    assert ("Ctrl-C once more ends at once" in told) == (number == signal.SIGINT)
    assert signal.getsignal(number) == before
    assert start(shards, run, f"--steps={step + 1}", "--resume") == 0
    assert "stopped at step" not in capfd.readouterr().err


def test_other_batches_drop_what_sequential_crops_carried(tmp_path, capsys):
    shards, run = write_tiny_shards(tmp_path / "shards", clips=3), tmp_path / "run"
    words = ["--negatives=sequential", "--steps=2"]
    assert pretrain(shards, run, *words, "--machine.stop-after=1") == 0
    again = [*words, "--resume", "--batch-size=2"]
    assert pretrain(shards, run, *again) == 0
    told = capsys.readouterr().err
    assert told.count("the batch size is now 2: what sequential crops carried over is dropped") == 1


def test_a_second_ctrl_c_ends_the_process_at_once():
    code = (
        "import os, signal\nfrom trainer.runs.stop_signals import StopSignals\n"
        "wish = StopSignals()\nwish.take_over()\nos.kill(os.getpid(), signal.SIGINT)\n"
        "print(wish.asked, flush=True)\nos.kill(os.getpid(), signal.SIGINT)\nprint('still here')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == -signal.SIGINT and done.stdout == "True\n"


@pytest.mark.parametrize(("device", "asked_at"), [("cpu", list(range(1, 41))), ("meta", [20, 40])])
def test_several_gpus_do_not_wait_for_each_other_at_every_step(device, asked_at, tmp_path):
    asked = []

    def reduce(wish, reduce_op):
        asked.append(trainer.global_step)
        return torch.zeros_like(wish, device="cpu")

    strategy = SimpleNamespace(reduce=reduce)
    trainer = SimpleNamespace(world_size=2, global_step=0, strategy=strategy)
    module = SimpleNamespace(device=torch.device(device))
    checkpoints = TimedCheckpoints(tmp_path, minutes=0, average=AveragedWeights(0))
    for trainer.global_step in range(1, 41):
        checkpoints.on_step_end(trainer, module)
    assert asked == asked_at
