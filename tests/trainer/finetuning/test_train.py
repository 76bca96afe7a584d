"""`jtm train`: resumes exactly, survives SIGTERM, says what is wrong, and learns."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

import jtm
from realtime.commands.options import parse_options
from tests.support.tiny_music import struck_tones, write_tiny_shards
from trainer.finetuning.run import TrainCommand
from trainer.reports.training import score_table
from trainer.runs.checkpoints import load_transcriber
from trainer.runs.optimizer import OptimizerSettings, learning_rate_ratio
from trainer.shards.format import Clip, empty_notes
from trainer.shards.writing import write_shard

SMALL = [
    "--model.encoder.harmonic.channels=8",
    "--model.encoder.harmonic.local-channels=4",
    "--model.context.pitchwise.channels=8",
    "--model.context.pitchwise.width=12",
    "--model.context.pitchwise.global-width=8",
    "--batch-size=2",
    "--crops.seconds=2",
    "--machine.accelerator=cpu",
    "--machine.precision=32-true",
]
ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return write_tiny_shards(tmp_path_factory.mktemp("shards"), clips=4)


def train(shards: Path, out: Path, *words: str) -> int:
    return jtm.main(["train", f"--data=[{shards}]", f"--out={out}", *SMALL, *words])


def test_a_resumed_run_ends_with_the_very_weights_of_an_uninterrupted_one(shards, tmp_path):
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    trapezoid = "--optimizer.schedule=trapezoid"
    assert train(shards, whole, "--steps=6", trapezoid) == 0
    assert train(shards, halves, "--steps=6", trapezoid, "--machine.stop-after=3") == 0
    assert load_transcriber(halves / "last.safetensors")[1]["step"] == 3
    assert train(shards, halves, "--steps=6", trapezoid, "--resume") == 0
    one = torch.load(whole / "last.ckpt", weights_only=True)
    other = torch.load(halves / "last.ckpt", weights_only=True)
    assert one["global_step"] == other["global_step"] == 6
    for name, value in one["state_dict"].items():
        assert torch.equal(value, other["state_dict"][name]), name
    averages = [load_transcriber(run / "last.safetensors")[0] for run in (whole, halves)]
    for a, b in zip(*(m.state_dict().values() for m in averages), strict=True):
        assert torch.equal(a, b)


def test_validation_scores_notes_and_keeps_the_best(shards, tmp_path):
    words = [f"--valid=[{shards}]", "--machine.validate-steps=2", "--machine.validation-clips=2"]
    assert train(shards, tmp_path, "--steps=4", *words) == 0
    _, facts = load_transcriber(tmp_path / "best.safetensors")
    assert facts["step"] in (2, 4) and 0 <= facts["valid_f1"] <= 1
    with (tmp_path / "csv" / "metrics.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert "valid/onset_f1_40ms" in rows[0]
    best = max(float(row["valid/best_onset_f1"] or 0) for row in rows)
    assert facts["valid_f1"] == pytest.approx(best, abs=1e-4)
    assert json.loads((tmp_path / "settings.json").read_text())["batch_size"] == 2
    assert main_report(tmp_path).count("data:image/png;base64,") >= 4


def test_the_later_of_equal_scores_is_kept(shards, tmp_path, monkeypatch):
    """A run that has found no note yet does not keep its first weights as the best."""
    monkeypatch.setattr("trainer.finetuning.lightning_module.onset_f1", lambda *_: 0.0)
    words = [f"--valid=[{shards}]", "--machine.validate-steps=2", "--machine.validation-clips=1"]
    assert train(shards, tmp_path, "--steps=5", *words) == 0
    assert load_transcriber(tmp_path / "best.safetensors")[1]["step"] == 5


def test_clips_without_notes_are_not_trained_on(shards, tmp_path, capsys):
    silent = tmp_path / "silent"
    silent.mkdir()
    audio = [struck_tones(i)[0] for i in range(2)]
    clips = [Clip(f"quiet-{i}", 0, 0, "test", f"quiet{i}", (), "music") for i in range(2)]
    write_shard(silent, 0, audio, [empty_notes()] * 2, clips)
    assert train(silent, tmp_path / "a", "--steps=1") == 1
    told = capsys.readouterr().err.strip()
    assert "None of the 2 clips to train on has notes" in told and len(told.splitlines()) == 1
    assert train(shards, tmp_path / "b", "--steps=1", f"--valid=[{silent}]") == 0
    assert capsys.readouterr().err.count("none of the 2 clips of --valid has notes") == 1
    assert "no clip of --valid has notes" in main_report(tmp_path / "b")
    assert "give --valid" in score_table({}, given=False)


def test_held_out_recordings_that_are_trained_on_are_named(shards, tmp_path, capsys):
    words = ["--steps=1", "--machine.validation-clips=1"]
    assert train(shards, tmp_path, *words, f"--valid=[{shards}]") == 0
    assert capsys.readouterr().err.count("4 of the 4 recordings of --valid are learned from") == 1


def main_report(run: Path) -> str:
    assert jtm.main(["report", str(run)]) == 0
    page = (run / "report.html").read_text(encoding="utf-8")
    assert "Notes on held-out recordings" in page and "heard 0" in page
    return page


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["train"], 2, "Nothing to train on"),
        (["train", "--data=[/nowhere]"], 1, "No folder '/nowhere'"),
        (["train", "--data", "/nowhere"], 1, "No folder '/nowhere'"),
        (["train", "--no-such-option=1"], 2, "no-such-option"),
        (["train", "--steps=many"], 2, "steps"),
    ],
)
def test_bad_options_are_one_line(words, code, sentence, capsys):
    try:
        found = jtm.main(words)
    except SystemExit as stop:
        found = stop.code
    error = capsys.readouterr().err
    assert found == code
    assert sentence in error and len(error.strip().splitlines()) <= 2


def test_resuming_nothing_is_refused(shards, tmp_path, capsys):
    assert train(shards, tmp_path, "--resume") == 1
    assert "Nothing to resume" in capsys.readouterr().err


def test_learning_rate_schedules():
    cosine = OptimizerSettings(warm_up_steps=10, final_ratio=0.1)
    assert learning_rate_ratio(0, 100, cosine) == pytest.approx(0.1)
    assert learning_rate_ratio(10, 100, cosine) == pytest.approx(1.0)
    assert learning_rate_ratio(100, 100, cosine) == pytest.approx(0.1)
    flat = OptimizerSettings(warm_up_steps=10, schedule="trapezoid", decay_steps=20, final_ratio=0)
    assert learning_rate_ratio(79, 100, flat) == 1.0
    assert learning_rate_ratio(90, 100, flat) == pytest.approx(0.5)
    halving = OptimizerSettings(schedule="step", warm_up_steps=10, decay_steps=20, final_ratio=0.2)
    ratios = [learning_rate_ratio(step, 100, halving) for step in (9, 10, 29, 30, 50, 99)]
    assert ratios == pytest.approx([1.0, 1.0, 1.0, 0.5, 0.25, 0.2])


@pytest.mark.slow
def test_sigterm_saves_and_ends_without_an_error(shards, tmp_path):
    words = ["train", f"--data=[{shards}]", f"--out={tmp_path}", *SMALL, "--steps=100000"]
    run = subprocess.Popen(
        [sys.executable, "-m", "jtm", *words],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    metrics = tmp_path / "csv" / "metrics.csv"
    deadline = time.monotonic() + 120
    while not metrics.exists() and time.monotonic() < deadline:
        time.sleep(0.5)
    run.send_signal(signal.SIGTERM)
    output, _ = run.communicate(timeout=120)
    assert run.returncode == 0, output[-2000:]
    stopped_at = torch.load(tmp_path / "last.ckpt", weights_only=True)["global_step"]
    assert stopped_at > 0
    assert "Traceback" not in output


@pytest.mark.slow
def test_two_processes_have_the_losses_of_one(shards, tmp_path):
    """Two gloo processes of 2 crops against one of 4; they have one held-out clip between them.

    The velocity part is left out: each process divides it by its own onsets (docs/scale.md).
    """
    for devices, rows in ((1, 4), (2, 2)):
        words = [
            *("train", f"--data=[{shards}]", f"--out={tmp_path / str(devices)}", *SMALL),
            *("--steps=4", f"--batch-size={rows}", "--loss.velocity=0", "--machine.log-steps=1"),
            *(f"--machine.devices={devices}", f"--valid=[{shards}]"),
            *("--machine.validate-steps=4", "--machine.validation-clips=1"),
        ]
        subprocess.run(
            [sys.executable, "-m", "jtm", *words],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            check=True,
            capture_output=True,
            timeout=300,
        )
    logs = []
    for devices in ("1", "2"):
        with (tmp_path / devices / "csv" / "metrics.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        total, heard = (
            [float(row[name]) for row in rows if row[name]]
            for name in ("train/total", "valid/onset_f1_20ms")
        )
        assert len(total) == len(set(total)) == 4 and len(heard) == 1
        logs.append(total + heard)
    assert logs[1] == pytest.approx(logs[0], abs=1e-5)


@pytest.mark.slow
def test_one_clip_can_be_learned_by_heart(tmp_path):
    shards = write_tiny_shards(tmp_path / "one", clips=1, seed=7)
    words = [
        f"--valid=[{shards}]",
        "--steps=400",
        "--machine.validate-steps=200",
        "--crops.seconds=4",
        "--crops.mix-chance=0",
        "--crops.augment.transpose-chance=0",
        "--crops.augment.detune-cents=0",
        "--crops.augment.noise-chance=0",
        "--crops.augment.equalizer-chance=0",
        "--crops.augment.drive-chance=0",
        "--crops.augment.quietest-db=-6",
        "--optimizer.learning-rate=0.01",
        "--optimizer.warm-up-steps=20",
        "--optimizer.ema=0.98",
    ]
    assert train(shards, tmp_path / "run", *words) == 0
    _, facts = load_transcriber(tmp_path / "run" / "best.safetensors")
    assert facts["valid_f1"] > 0.9


def test_every_recipe_of_jtm_train_loads():
    recipes = [
        path
        for path in sorted((ROOT / "trainer" / "recipes").glob("*.yaml"))
        if not path.name.startswith("pretrain-")
    ]
    assert recipes
    for recipe in recipes:
        command = parse_options(
            TrainCommand, [f"--config={recipe}"], command="train", description="recipe"
        )
        assert command.steps > 0 and command.model.default_look_ahead in command.model.look_aheads
