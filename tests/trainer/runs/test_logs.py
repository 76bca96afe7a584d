"""What a run logs of itself, and what a GPU is not made to wait for."""

import csv

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import jtm
from realtime.troubles.errors import UserError
from realtime.values.notes import Note
from tests.support.tiny_music import write_tiny_shards
from tests.trainer.finetuning.test_train import SMALL as TRAIN_SMALL
from tests.trainer.pretraining.test_pretrain import pretrain
from trainer.finetuning.losses import LossWeights
from trainer.finetuning.validation import frame_f1, held_out_loss, note_scores, targets_of
from trainer.network.heads import Activations
from trainer.reports.curves import words_of
from trainer.runs.checkpoints import read_weights
from trainer.runs.machine import MachineSettings, loader_workers
from trainer.runs.pace import FiniteLoss
from trainer.shards.format import empty_notes

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return write_tiny_shards(tmp_path_factory.mktemp("shards"), clips=4)


@pytest.fixture(scope="module")
def trained(shards, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "trained"
    words = ["train", f"--data=[{shards}]", f"--valid=[{shards}]", f"--out={out}", *TRAIN_SMALL]
    more = ["--steps=4", "--machine.log_steps=1", "--machine.validate_steps=2"]
    rates = ["--optimizer.warm_up_steps=2", "--optimizer.learning_rate=1e-3"]
    assert jtm.main([*words, *more, *rates, "--machine.validation_clips=2"]) == 0
    return out


def logged(run, name: str) -> list[float]:
    with (run / "csv" / "metrics.csv").open(newline="") as file:
        return [float(row[name]) for row in csv.DictReader(file) if row.get(name)]


def test_rate_pace_and_gradient_are_logged(trained):
    rates = logged(trained, "train/learning_rate")
    assert len(rates) == 4 and max(rates) == pytest.approx(1e-3)
    assert all(value > 0 for value in logged(trained, "train/gradient"))
    assert all(value > 0 for value in logged(trained, "train/audio_s_per_s"))
    tags = EventAccumulator(str(next(trained.glob("tensorboard/**/events*")).parent))
    tags.Reload()
    assert {"train/learning_rate", "train/gradient", "valid/loss"} <= set(tags.Tags()["scalars"])


def test_validation_logs_loss_precision_recall_offsets_and_frames(trained):
    assert all(np.isfinite(logged(trained, "valid/loss")))
    for name in ("onset_precision", "onset_recall", "note_f1", "frame_f1"):
        values = logged(trained, f"valid/{name}")
        assert len(values) == 2 and all(0 <= value <= 1 for value in values)


@pytest.mark.slow
def test_the_report_shows_them(trained):
    assert jtm.main(["report", str(trained)]) == 0
    page = (trained / "report.html").read_text("utf-8")
    assert "learning rate" in page and "held-out precision of onsets" in page
    pictures = {path.name for path in (trained / "report").iterdir()}
    assert {"throughput.png", "learning_rate.png", "gradients.png"} <= pictures


def test_figures_have_names_for_people():
    assert words_of("valid/onset_f1_40ms") == "held-out onset F1, 40 ms"
    assert words_of("train/relative_velocity") == "relative velocity"


def notes_at(*rows: tuple[float, float, int]) -> np.ndarray:
    notes = empty_notes(len(rows))
    for note, (onset, offset, pitch) in zip(notes, rows, strict=True):
        note["onset"], note["offset"], note["pitch"] = onset * 16_000, offset * 16_000, pitch
    return notes


def test_notes_are_scored_with_and_without_their_offsets():
    notes = notes_at((0.1, 0.6, 60), (0.5, 1.0, 64), (1.0, 1.5, 67))
    found = [
        Note(0.12, 0.61, 60, 80, 0.2),
        Note(0.5, 0.7, 64, 80, 0.6),
        Note(1.2, 1.5, 67, 80, 1.3),
        Note(1.3, 1.5, 30, 80, 1.4),
    ]
    scores = note_scores(notes, found)
    assert scores["onset_precision"] == pytest.approx(2 / 4)
    assert scores["onset_recall"] == pytest.approx(2 / 3)
    assert scores["note_f1"] == pytest.approx(2 * (1 / 4) * (1 / 3) / (1 / 4 + 1 / 3))
    assert set(note_scores(notes, []).values()) == {0.0}
    assert set(note_scores(empty_notes(), []).values()) == {1.0}


def test_frames_and_loss_are_held_against_the_frame_that_an_answer_is_about():
    wanted = targets_of(notes_at((0.1, 0.3, 60)), 60, 160, torch.device("cpu"))
    delay = 4
    answers = [torch.roll(20.0 * target - 10.0, delay, dims=1)[:, :, None] for target in wanted]
    answers[3] = torch.zeros_like(answers[3])
    right = Activations(*answers)
    assert frame_f1(right.frame[0, :, 0], wanted.frame[0], delay) == 1.0
    assert frame_f1(right.frame[0, :, 0], wanted.frame[0], 0) < 0.9
    assert frame_f1(torch.full((9, 88), -1.0), torch.zeros(9, 88), 2) == 1.0
    weights = LossWeights(velocity=0, relative_velocity=0, offset=0)
    good = held_out_loss(right, wanted, (delay,), weights)
    assert good < 0.1 < held_out_loss(right, wanted, (0,), weights)
    short = Activations(*(part[:, :3] for part in wanted))
    assert held_out_loss(right, short, (delay,), weights) == 0


def test_a_loss_that_is_no_number_stops_the_run_also_where_looks_are_rare():
    seldom = FiniteLoss()
    seldom.check(torch.tensor(float("nan")), 1, every=3)
    seldom.check(torch.tensor(1.0), 2, every=3)
    with pytest.raises(UserError, match="not a number at step 3"):
        seldom.check(torch.tensor(1.0), 3, every=3)
    with pytest.raises(UserError, match="not a number at step 7"):
        FiniteLoss().check(torch.tensor(float("inf")), 7)


def test_a_fused_optimizer_takes_the_same_steps_and_clips_in_half_precision(
    shards, tmp_path, monkeypatch
):
    words = ["--steps=3", "--optimizer.ema=0", "--optimizer.warm_up_steps=1"]
    assert pretrain(shards, tmp_path / "plain", *words) == 0
    monkeypatch.setattr("trainer.runs.learning.fused_here", lambda *_: True)
    assert pretrain(shards, tmp_path / "fused", *words) == 0
    assert pretrain(shards, tmp_path / "half", *words, "--machine.precision=bf16-mixed") == 0
    runs = (tmp_path / "plain", tmp_path / "fused")
    one, other = (read_weights(run / "last.safetensors")[1] for run in runs)
    for name, value in one.items():
        torch.testing.assert_close(other[name], value, atol=1e-4, rtol=1e-3)


def test_a_gpu_has_loader_processes_unless_it_is_told_otherwise(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert loader_workers(MachineSettings()) > 0
    assert loader_workers(MachineSettings(workers=0)) == 0
    assert loader_workers(MachineSettings(accelerator="cpu")) == 0
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert loader_workers(MachineSettings()) == 0
