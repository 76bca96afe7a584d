"""`jtm pretrain`: resumes exactly, survives SIGTERM, stops when it has collapsed, and learns."""

import csv
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

import jtm
from realtime.commands.options import parse_options
from realtime.troubles.errors import UserError
from tests.support.tiny_music import write_tiny_shards
from trainer.pretraining.lightning_module import Pretrain, group_size, mix
from trainer.pretraining.run import PretrainCommand
from trainer.pretraining.settings import CollapseSettings
from trainer.runs.checkpoints import load_transcriber, read_weights

ROOT = Path(__file__).resolve().parents[3]
RECIPES = sorted((ROOT / "trainer" / "recipes").glob("pretrain-*.yaml"))
SMALL = [
    "--encoder=conv",
    "--context=gru",
    "--model.encoder.conv.channels=12",
    "--model.context.recurrent.width=10",
    "--cpc.predictor=linear",
    "--cpc.steps=3",
    "--cpc.negatives=15",
    "--cpc.exclude_frames=5",
    "--crops.seconds=0.6",
    "--batch-size=4",
    "--machine.accelerator=cpu",
    "--machine.precision=32-true",
    "--machine.log-steps=1",
]
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return write_tiny_shards(tmp_path_factory.mktemp("shards"), clips=4)


def pretrain(shards: Path, out: Path, *words: str) -> int:
    return jtm.main(["pretrain", f"--data=[{shards}]", f"--out={out}", *SMALL, *words])


def losses(run: Path, name: str = "train/loss") -> dict[int, str]:
    """Step -> logged loss, digit for digit, of all logs of a run."""
    found = {}
    for log in sorted(run.glob("csv/**/metrics.csv"), key=lambda path: path.stat().st_mtime):
        with log.open(newline="") as file:
            rows = csv.DictReader(file)
            found |= {int(r["step"]): r[name] for r in rows if r[name]}
    return found


@pytest.mark.parametrize("extra", ["--cpc.dropout=0.2", "--negatives=sequential"])
def test_a_resumed_run_has_the_losses_of_an_uninterrupted_one(shards, tmp_path, extra):
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    assert pretrain(shards, whole, "--steps=5", extra) == 0
    assert pretrain(shards, halves, "--steps=5", extra, "--machine.stop-after=2") == 0
    assert pretrain(shards, halves, "--steps=5", extra, "--resume") == 0
    assert len(losses(whole)) == 5
    assert losses(whole) == losses(halves)
    one, other = (read_weights(run / "last.safetensors")[1] for run in (whole, halves))
    assert all(torch.equal(value, other[name]) for name, value in one.items())


def test_the_log_holds_every_k_next_to_chance(shards, tmp_path):
    words = [f"--valid=[{shards}]", "--machine.validate-steps=2", "--machine.validation-clips=4"]
    assert pretrain(shards, tmp_path, "--steps=2", *words) == 0
    with (tmp_path / "csv" / "metrics.csv").open(newline="") as file:
        log = list(csv.DictReader(file))
    row = log[0]
    for name in ("loss", "accuracy"):
        assert all(float(row[f"train/{name}_k{k:02d}"]) >= 0 for k in (3, 4, 5))
    assert float(row["train/chance_loss"]) == pytest.approx(math.log(16))
    for part in ("train", "valid"):
        # 15 draws from the 49 or more of 60 frames that are not within 5 of the positive
        rows = [row for row in log if row[f"{part}/chance_accuracy"]]
        assert 1 / 14.2 < float(rows[-1][f"{part}/chance_accuracy"]) < 1 / 14
    for name in ("encoder_gradient", "context_gradient", "feature_std", "feature_spread"):
        assert float(row[f"train/{name}"]) > 0
    _, weights, facts = read_weights(tmp_path / "best.safetensors")
    assert facts["step"] == 2 and 0 <= facts["valid_accuracy"] <= 1
    assert any(name.startswith("predictor.") for name in weights)
    with pytest.raises(UserError, match="jtm train --init"):
        load_transcriber(tmp_path / "best.safetensors")


@pytest.mark.slow
def test_the_report_of_a_pretraining_has_its_curves_and_distances(shards, tmp_path):
    words = [f"--valid=[{shards}]", "--machine.validate-steps=2", "--machine.validation-clips=4"]
    assert pretrain(shards, tmp_path, "--steps=2", *words) == 0
    assert jtm.main(["report", str(tmp_path)]) == 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "held-out accuracy" in page and "By distance" in page
    assert page.count("data:image/png;base64,") >= 6 and 'src="report' not in page
    pictures = sorted(path.name for path in (tmp_path / "report").glob("*.png"))
    assert {"train_loss.png", "train_accuracy.png", "valid_accuracy.png"} <= set(pictures)


@pytest.mark.parametrize("poison", ["audio", "weights"])
def test_not_a_number_stops_the_run_and_overwrites_nothing(
    shards, tmp_path, monkeypatch, capsys, poison
):
    words = [f"--valid=[{shards}]", "--machine.validate-steps=2", "--machine.validation-clips=4"]
    assert pretrain(shards, tmp_path, "--steps=2", *words) == 0
    kept = {path: path.read_bytes() for path in tmp_path.glob("*.safetensors")}
    kept[tmp_path / "last.ckpt"] = (tmp_path / "last.ckpt").read_bytes()
    original = Pretrain.training_step

    def poisoned(self, batch, index):
        if poison == "audio":
            batch = batch._replace(future=batch.future * torch.nan)
        loss = original(self, batch, index)
        return loss * torch.nan if poison == "weights" else loss

    monkeypatch.setattr(Pretrain, "training_step", poisoned)
    assert pretrain(shards, tmp_path, "--steps=4", "--resume", *words) == 1
    assert "not a number" in capsys.readouterr().err
    assert all(path.read_bytes() == content for path, content in kept.items())


def test_the_alarm_says_what_is_wrong():
    settings = CollapseSettings(after_steps=100)
    chance = math.log(129)
    healthy = {"step": 100, "loss": 4.0, "chance": chance, "spread": 0.3, "gradient": 0.1}
    assert settings.reason(**healthy) == ""
    assert "guessing" in settings.reason(**healthy | {"loss": 4.845})
    assert settings.reason(**healthy | {"loss": 4.845, "step": 99}) == ""
    assert "same features" in settings.reason(**healthy | {"spread": 1e-5, "step": 50})
    assert "no gradient" in settings.reason(**healthy | {"gradient": 1e-8, "step": 50})


@pytest.mark.slow
@pytest.mark.parametrize("reason", ["guessing", "same features"])
def test_a_provoked_collapse_is_stopped(shards, tmp_path, capsys, monkeypatch, reason):
    """A learning rate at which nothing moves, and an encoder whose every last ReLU is dead."""

    def kill(module: Pretrain) -> None:
        torch.nn.init.zeros_(module.network.encoder.blocks[-1].norm.weight)
        torch.nn.init.constant_(module.network.encoder.blocks[-1].norm.bias, -1.0)

    if reason == "same features":
        monkeypatch.setattr(Pretrain, "on_fit_start", kill)
    alarm = ["--collapse.after-steps=6", "--collapse.window=4", "--optimizer.warm-up-steps=1"]
    rate = "--optimizer.learning-rate=1e-9"
    assert pretrain(shards, tmp_path, "--steps=100", rate, *alarm) == 1
    error = capsys.readouterr().err
    assert "collapsed at step" in error and reason in error
    if reason == "guessing":
        assert jtm.main(["report", str(tmp_path)]) == 0
        page = (tmp_path / "report.html").read_text(encoding="utf-8")
        assert "The run was stopped." in page and "collapsed at step" in page


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_recipes_load(recipe):
    command = parse_options(
        PretrainCommand, ["--config", str(recipe)], command="pretrain", description=""
    )
    frames = round(command.crops.seconds * 100)
    assert command.batch_size % group_size(command.batch_size, command.cpc.group) == 0
    assert Pretrain(command, None).network.require_room(frames) is None


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ([], 2, "Nothing to learn from"),
        (["--data=[/nowhere]"], 1, "No folder '/nowhere'"),
        (["--audio=[/nowhere]"], 1, "No folder '/nowhere'"),
        (["--encoder=vqt"], 2, "encoder"),
    ],
)
def test_bad_options_are_one_line(words, code, sentence, capsys):
    try:
        found = jtm.main(["pretrain", *words])
    except SystemExit as stop:
        found = stop.code
    error = capsys.readouterr().err
    assert found == code
    assert sentence in error and len(error.strip().splitlines()) <= 2


def test_settings_that_do_not_fit_are_one_line(shards, tmp_path, capsys):
    assert pretrain(shards, tmp_path, "--crops.seconds=0.2", "--cpc.steps=40") == 2
    assert "too short" in capsys.readouterr().err
    assert pretrain(shards, tmp_path, "--negatives=sequential", "--cpc.reverse=true") == 2
    assert "reverse" in capsys.readouterr().err


def test_what_spoils_figures_is_said_once(shards, tmp_path, capsys):
    """Recordings that are learned from and held out; clips that silence is added to."""
    words = ["--steps=1", "--machine.validation-clips=4"]
    others = write_tiny_shards(tmp_path / "others", clips=1, seed=9)
    assert pretrain(shards, tmp_path / "a", *words, f"--valid=[{shards}]") == 0
    told = capsys.readouterr().err
    assert told.count("4 of the 4 recordings of --valid are learned from too (first 'song0')") == 1
    assert "silence is added" not in told
    listing = (others / "00000.json").read_text()
    (others / "00000.json").write_text(listing.replace("song0", "another"))
    long = ["--crops.seconds=5.2", "--cpc.anchors=4"]
    assert pretrain(shards, tmp_path / "b", *words, *long, f"--valid=[{others}]") == 0
    told = capsys.readouterr().err
    assert told.count("4 of 4 clips are shorter than a crop of 5.2 s") == 1
    assert "learned from too" not in told


def test_a_short_run_is_validated_at_its_end(shards, tmp_path):
    """And the validations of a run that goes on lie where those of an uninterrupted one do."""
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    words = [f"--valid=[{shards}]", "--machine.validation-clips=4", "--machine.validate-steps=4"]
    assert pretrain(shards, whole, "--steps=6", *words) == 0
    assert list(losses(whole, "valid/loss")) == [3, 5]
    assert read_weights(whole / "best.safetensors")[2]["step"] in (4, 6)
    assert pretrain(shards, halves, "--steps=3", *words) == 0
    assert list(losses(halves, "valid/loss")) == [2]
    assert pretrain(shards, halves, "--resume", "--steps=6") == 0
    assert list(losses(halves, "valid/loss")) == [2, 3, 5]
    assert losses(halves) == losses(whole)
    assert losses(halves, "valid/loss")[5] == losses(whole, "valid/loss")[5]


def test_a_folder_without_a_log_has_no_report(tmp_path, capsys):
    assert jtm.main(["report", str(tmp_path)]) == 1
    assert "metrics.csv" in capsys.readouterr().err


def test_groups_and_seeds():
    assert [group_size(rows, 8) for rows in (4, 8, 12, 16, 7, 11)] == [4, 8, 6, 8, 7, 1]
    assert len({mix(seed, crop) for seed in range(3) for crop in range(-2, 5)}) == 21


@pytest.mark.slow
def test_sigterm_saves_and_ends_without_an_error(shards, tmp_path):
    words = ["pretrain", f"--data=[{shards}]", f"--out={tmp_path}", *SMALL, "--steps=100000"]
    run = subprocess.Popen(
        [sys.executable, "-m", "jtm", *words],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob("csv/metrics.csv")) and time.monotonic() < deadline:
        time.sleep(0.5)
    run.send_signal(signal.SIGTERM)
    output, _ = run.communicate(timeout=120)
    assert run.returncode == 0, output[-2000:]
    assert torch.load(tmp_path / "last.ckpt", weights_only=True)["global_step"] > 0
    _, weights, _ = read_weights(tmp_path / "last.safetensors")
    assert all(torch.isfinite(value).all() for value in weights.values())
    assert "Traceback" not in output


@pytest.mark.slow
def test_two_processes_have_the_losses_of_one(shards, tmp_path):
    """Two gloo processes of 4 crops against one that adds up two batches of 4.

    Three held-out batches are one more than two processes can share alike.
    """
    for devices, batches in ((1, 2), (2, 1)):
        words = [
            *("pretrain", f"--data=[{shards}]", f"--out={tmp_path / str(devices)}", *SMALL),
            *("--steps=4", "--cpc.group=4", f"--valid=[{shards}]"),
            *("--machine.validate-steps=4", "--machine.validation-clips=12"),
            *(f"--machine.devices={devices}", f"--machine.accumulate={batches}"),
        ]
        subprocess.run(
            [sys.executable, "-m", "jtm", *words],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            check=True,
            capture_output=True,
            timeout=300,
        )
    for name, steps in (("train/loss", [0, 1, 2, 3]), ("valid/loss", [3])):
        one, two = (losses(tmp_path / devices, name) for devices in ("1", "2"))
        assert list(one) == list(two) == steps
        for step in one:
            assert float(one[step]) == pytest.approx(float(two[step]), abs=1e-5)


@pytest.mark.slow
def test_accuracies_fall_with_k(shards, tmp_path):
    """Nearest where frames share samples (k < 15), and still above chance where none do."""
    words = [
        "--encoder=logmel",
        "--model.encoder.logmel.channels=24",
        "--model.context.recurrent.width=32",
        "--cpc.k-min=1",
        "--cpc.steps=20",
        "--cpc.negatives=31",
        "--cpc.anchors=32",
        "--crops.seconds=1.0",
        "--crops.past-chance=0",
        "--optimizer.learning-rate=3e-3",
        "--optimizer.warm-up-steps=20",
        "--steps=200",
    ]
    assert pretrain(shards, tmp_path, *words) == 0
    with (tmp_path / "csv" / "metrics.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))[-50:]
    names = [f"train/accuracy_k{k:02d}" for k in range(1, 21)]
    by_k = np.array([[float(row[name]) for name in names] for row in rows]).mean(axis=0)
    assert by_k[0] > by_k[9] > by_k[-1] > 1.5 / 32, by_k
