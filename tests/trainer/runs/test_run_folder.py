"""Run folders: what is kept, full disks, damaged checkpoints, kill -9, other loggers."""

import csv
import json
import logging
import os
import random
import resource
import signal
import subprocess
import sys
import time

import pytest
import torch

import jtm
from tests.support.tiny_music import write_tiny_shards
from tests.trainer.finetuning.test_train import train
from tests.trainer.pretraining.test_pretrain import ROOT, SMALL, losses, pretrain
from trainer.runs.callbacks import TimedCheckpoints
from trainer.runs.folder import HELD, LAST, PREVIOUS, is_whole, newest_checkpoint
from trainer.runs.loggers import is_worth_showing
from trainer.runs.means import StepMeans

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return write_tiny_shards(tmp_path_factory.mktemp("shards"), clips=4)


def step_of(path) -> int:
    return torch.load(path, weights_only=True)["global_step"]


def test_a_run_keeps_options_revision_and_data(shards, tmp_path, capsys):
    assert pretrain(shards, tmp_path, "--steps=1") == 0
    settings = json.loads((tmp_path / "settings.json").read_text())
    assert settings["model"]["encoder"]["conv"]["channels"] == 12
    assert settings["cpc"]["exclude_frames"] == 5
    facts = json.loads((tmp_path / "run.json").read_text())
    assert facts["revision"] and len(facts["data"]) == 18 and facts["versions"]["torch"]
    other = write_tiny_shards(tmp_path / "other", clips=4, seed=9)
    assert pretrain(other, tmp_path, "--steps=2", "--resume") == 0
    assert "not what this run began with" in capsys.readouterr().err
    assert json.loads((tmp_path / "run.json").read_text())["data"] != facts["data"]


def test_a_digest_of_an_earlier_version_is_not_compared(shards, tmp_path, capsys):
    assert pretrain(shards, tmp_path, "--steps=1") == 0
    facts = json.loads((tmp_path / "run.json").read_text())
    (tmp_path / "run.json").write_text(json.dumps(facts | {"data": "0123456789abcdef"}))
    assert pretrain(shards, tmp_path, "--steps=2", "--resume") == 0
    assert "not what this run began with" not in capsys.readouterr().err
    assert json.loads((tmp_path / "run.json").read_text())["data"] == facts["data"]


def test_a_full_disk_keeps_the_checkpoint_and_says_so(shards, tmp_path, capsys):
    """A limit on file size stands for it: the system refuses the write in the same place."""
    assert pretrain(shards, tmp_path, "--steps=2") == 0
    kept = (tmp_path / LAST).read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(kept) // 2, hard))
    try:
        assert pretrain(shards, tmp_path, "--steps=4", "--resume") == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    error = capsys.readouterr().err
    assert "Cannot write" in error and "'last.ckpt' there is whole" in error
    assert "Traceback" not in error
    assert (tmp_path / LAST).read_bytes() == kept and not list(tmp_path.glob("*.tmp"))
    assert pretrain(shards, tmp_path, "--steps=4", "--resume") == 0
    assert step_of(tmp_path / LAST) == 4


def test_a_full_disk_keeps_the_weights_too(shards, tmp_path, capsys, monkeypatch):
    words = [f"--valid=[{shards}]", "--machine.validate-steps=1", "--machine.validation-clips=4"]
    assert pretrain(shards, tmp_path, "--steps=1", *words) == 0
    kept = (tmp_path / "best.safetensors").read_bytes()
    monkeypatch.setattr(TimedCheckpoints, "load_state_dict", lambda self, state: None)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(kept) // 2, hard))
    try:
        assert pretrain(shards, tmp_path, "--steps=2", *words, "--resume") == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    error = capsys.readouterr().err
    assert f"Cannot write '{tmp_path}/best.safetensors'" in error
    assert "'last.ckpt' there is whole" in error and "Traceback" not in error
    assert (tmp_path / "best.safetensors").read_bytes() == kept
    assert not list(tmp_path.glob("*.tmp"))


HOLD = """
import fcntl, pathlib, sys, time
file = pathlib.Path(sys.argv[1]).open("ab")
fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("way", ["--resume", "--overwrite"])
def test_two_processes_do_not_train_into_one_folder(way, shards, tmp_path, capsys):
    assert pretrain(shards, tmp_path, "--steps=2") == 0
    kept = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    words = [sys.executable, "-c", HOLD, str(tmp_path / HELD)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        assert pretrain(shards, tmp_path, "--steps=4", way) == 1
        assert "Another process is training into" in capsys.readouterr().err
        (tmp_path / HELD).unlink()
        assert {path for path in tmp_path.rglob("*") if path.is_file()} == set(kept)
        assert all(path.read_bytes() == content for path, content in kept.items())
        other.kill()
    assert pretrain(shards, tmp_path, "--steps=4", way) == 0
    assert not (tmp_path / HELD).exists()


def test_a_damaged_checkpoint_gives_way_to_the_one_before(shards, tmp_path, capsys):
    whole = tmp_path / "whole"
    assert pretrain(shards, whole, "--steps=4") == 0
    run = tmp_path / "run"
    for stop in ("2", "3"):
        words = [] if stop == "2" else ["--resume"]
        assert pretrain(shards, run, "--steps=4", f"--machine.stop-after={stop}", *words) == 0
    damaged = bytearray((run / LAST).read_bytes())
    damaged[len(damaged) // 3 : len(damaged) // 2] = bytes(len(damaged) // 2 - len(damaged) // 3)
    (run / LAST).write_bytes(damaged)
    assert not is_whole(run / LAST) and newest_checkpoint(run) == run / PREVIOUS
    capsys.readouterr()
    assert pretrain(shards, run, "--steps=4", "--resume") == 0
    assert "is damaged; going on from 'previous.ckpt'" in capsys.readouterr().err
    found, wanted = losses(run), losses(whole)
    assert {step: found[step] for step in (2, 3)} == {step: wanted[step] for step in (2, 3)}
    for name in (LAST, PREVIOUS):
        (run / name).write_bytes(damaged[:100])
    assert pretrain(shards, run, "--steps=5", "--resume") == 1
    assert "Nothing to resume" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["train", "pretrain"])
def test_a_run_that_is_not_there_is_not_resumed(command, tmp_path, capsys):
    """Nor is its data asked for, which a run that goes on knows."""
    assert jtm.main([command, f"--out={tmp_path / 'NOPE'}", "--resume"]) == 1
    told = capsys.readouterr().err
    assert f"Nothing to resume: --out '{tmp_path / 'NOPE'}' is no folder; give" in told
    assert not (tmp_path / "NOPE").exists()
    assert jtm.main([command, f"--out={tmp_path}", "--resume"]) == 1
    assert f"'{tmp_path}' holds no run" in capsys.readouterr().err


def test_the_kind_of_an_encoder_is_found_by_its_short_name(capsys):
    with pytest.raises(SystemExit):
        jtm.main(["train", "--encoder", "sinc"])
    assert "did you mean --model.encoder.kind" in capsys.readouterr().err


def test_what_lightning_says_of_itself_is_left_out():
    for said, worth in (
        ("`Trainer.fit` stopped: `max_steps=2` reached.", False),
        ("Restoring states from the checkpoint path at run/last.ckpt", False),
        ("Restored all states from the checkpoint at run/last.ckpt", False),
        ("the disk is nearly full", True),
    ):
        record = logging.LogRecord("x", logging.INFO, "", 0, said, None, None)
        assert is_worth_showing(record) == worth


@pytest.mark.parametrize(("kind", "package"), [("wandb", "wandb"), ("comet", "comet-ml")])
def test_a_logger_that_is_not_installed_is_named(
    shards, tmp_path, capsys, monkeypatch, kind, package
):
    import trainer.runs.loggers

    def missing(*_, **__):
        raise ModuleNotFoundError(package)

    monkeypatch.setattr(trainer.runs.loggers, "WandbLogger", missing)
    monkeypatch.setattr(trainer.runs.loggers, "CometLogger", missing)
    assert pretrain(shards, tmp_path, "--steps=1", f"--machine.logger={kind}") == 1
    assert f"pip install {package}" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["pretrain", "train"])
def test_print_config_is_a_configuration(command, tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        jtm.main([command, "--memory-gb=5", "--print_config"])
    assert not stop.value.code
    recipe = tmp_path / "printed.yaml"
    recipe.write_text(capsys.readouterr().out)
    assert "memory_gb: 5.0" in recipe.read_text()
    assert jtm.main([command, f"--config={recipe}", "--data=[/nowhere]"]) == 1
    assert "No folder '/nowhere'" in capsys.readouterr().err


def test_accumulated_batches_have_the_losses_of_a_large_one(shards, tmp_path):
    one, many = tmp_path / "one", tmp_path / "many"
    words = ["--steps=4", "--cpc.group=2"]
    assert pretrain(shards, one, *words, "--batch-size=4") == 0
    parts = [*words, "--batch-size=2", "--machine.accumulate=2"]
    assert pretrain(shards, many, *parts, "--machine.stop-after=2") == 0
    assert pretrain(shards, many, *parts, "--resume") == 0
    assert list(losses(one)) == list(losses(many)) == [0, 1, 2, 3]
    for large, small in zip(losses(one).values(), losses(many).values(), strict=True):
        assert float(small) == pytest.approx(float(large), abs=1e-5)


def test_what_a_step_logs_is_the_mean_over_its_batches():
    means = StepMeans(2)
    seen = [means.add(torch.tensor([float(i), 1.0])).tolist() for i in (2, 4, 10)]
    assert seen == [[2.0, 1.0], [3.0, 1.0], [10.0, 1.0]]


def test_a_transcriber_logs_the_loss_of_all_batches_of_a_step(shards, tmp_path):
    """Velocity is left out: it is divided by the onsets of each batch."""
    found = []
    for name, rows, batches in (("large", 4, 1), ("parts", 2, 2)):
        words = [f"--batch-size={rows}", f"--machine.accumulate={batches}", "--steps=2"]
        assert train(shards, tmp_path / name, *words, "--machine.log-steps=1") == 0
        with (tmp_path / name / "csv" / "metrics.csv").open(newline="") as file:
            found.append([row for row in csv.DictReader(file) if row["train/onset"]])
    for part in ("train/onset", "train/frame", "train/offset"):
        large, parts = ([float(row[part]) for row in rows] for rows in found)
        assert len(large) == 2 and parts[0] == pytest.approx(large[0], rel=1e-5)
        assert parts[1] == pytest.approx(large[1], rel=0.05)


@pytest.mark.slow
def test_kill_at_a_random_step_changes_no_later_loss(shards, tmp_path):
    """Saved after every step, killed by SIGKILL somewhere, resumed: the next 50 are the same."""
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    words = ["--steps=150", "--cpc.dropout=0.1"]
    assert pretrain(shards, whole, *words) == 0
    often = [*words, "--machine.checkpoint-minutes=0"]
    run = subprocess.Popen(
        [
            *(sys.executable, "-m", "jtm", "pretrain", f"--data=[{shards}]"),
            *(f"--out={killed}", *SMALL, *often),
        ],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 600
    while not (killed / PREVIOUS).exists() and time.monotonic() < deadline:
        assert run.poll() is None, "ended before it saved anything"
        time.sleep(0.02)
    time.sleep(random.uniform(0.0, 1.0))
    run.send_signal(signal.SIGKILL)
    run.wait()
    start = step_of(newest_checkpoint(killed))
    assert 0 < start <= 100, f"killed too late, at step {start}"
    assert pretrain(shards, killed, *often, "--resume") == 0
    wanted, found = losses(whole), losses(killed)
    for step in range(start, start + 50):
        assert found[step] == wanted[step], step
