"""Where a run computes and what it writes: half precision, loggers, foreign checkpoints."""

import csv
import math
from pathlib import Path

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import trainer.runs.loggers
from tests.support.tiny_music import write_tiny_shards
from tests.trainer.finetuning.test_train import train
from tests.trainer.pretraining.test_pretrain import losses, pretrain
from trainer.runs.folder import LAST
from trainer.runs.machine import choose_precision

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return write_tiny_shards(tmp_path_factory.mktemp("shards"), clips=4)


@pytest.mark.parametrize(
    ("wanted", "accelerator", "gpu", "gpu_bf16", "cpu_bf16", "chosen"),
    [
        ("auto", "cpu", True, True, False, "32-true"),
        ("auto", "auto", False, False, True, "bf16-mixed"),
        ("auto", "auto", True, True, False, "bf16-mixed"),
        ("auto", "gpu", True, False, True, "16-mixed"),
        ("32-true", "gpu", True, True, True, "32-true"),
    ],
)
def test_auto_takes_what_the_hardware_computes_in(
    monkeypatch, wanted, accelerator, gpu, gpu_bf16, cpu_bf16, chosen
):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: gpu_bf16)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: cpu_bf16)
    assert choose_precision(wanted, accelerator) == chosen


@pytest.mark.slow
def test_bf16_learns_as_32_bits_do_and_resumes_exactly(shards, tmp_path):
    bf16 = ["--steps=4", "--machine.precision=bf16-mixed"]
    assert pretrain(shards, tmp_path / "exact", "--steps=4") == 0
    assert pretrain(shards, tmp_path / "half", *bf16) == 0
    assert pretrain(shards, tmp_path / "parts", *bf16, "--machine.stop-after=2") == 0
    assert pretrain(shards, tmp_path / "parts", *bf16, "--resume") == 0
    exact, half = losses(tmp_path / "exact"), losses(tmp_path / "half")
    assert half != exact and half == losses(tmp_path / "parts")
    for step, loss in exact.items():
        assert float(half[step]) == pytest.approx(float(loss), rel=0.02)


@pytest.mark.slow
def test_a_transcriber_learns_in_bf16(shards, tmp_path):
    words = ["--steps=2", "--machine.log-steps=1", "--machine.precision=bf16-mixed"]
    assert train(shards, tmp_path, *words) == 0
    with (tmp_path / "csv" / "metrics.csv").open(newline="") as file:
        assert all(math.isfinite(float(row["train/total"])) for row in csv.DictReader(file))


def test_tensorboard_has_the_figures_of_the_csv(shards, tmp_path):
    assert pretrain(shards, tmp_path, "--steps=3") == 0
    (folder,) = {path.parent for path in tmp_path.glob("tensorboard/**/events.*")}
    events = EventAccumulator(str(folder)).Reload().Scalars("train/loss")
    found = {event.step: event.value for event in events}
    assert found == pytest.approx({n: float(v) for n, v in losses(tmp_path).items()}, rel=1e-5)


@pytest.mark.parametrize("online", [False, True])
@pytest.mark.parametrize(("kind", "name"), [("wandb", "WandbLogger"), ("comet", "CometLogger")])
def test_other_loggers_are_offline_unless_told_otherwise(monkeypatch, tmp_path, kind, name, online):
    asked = {}
    monkeypatch.setattr(trainer.runs.loggers, name, lambda **words: asked.update(words))
    trainer.runs.loggers.make_extra(tmp_path / "run", kind, online)
    assert asked["project"] == "jtm" and asked["name"] == "run"
    assert (asked.get("online", not asked.get("offline"))) is online
    assert str(tmp_path) in str(asked.get("save_dir", asked.get("offline_directory")))


class Payload:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return (Path.touch, (self.mark,))


def test_a_checkpoint_that_runs_code_is_not_resumed_from(shards, tmp_path, capsys):
    assert pretrain(shards, tmp_path, "--steps=1") == 0
    mark = tmp_path / "owned"
    torch.save({"state_dict": Payload(mark)}, tmp_path / LAST)
    assert pretrain(shards, tmp_path, "--steps=2", "--resume") == 1
    error = capsys.readouterr().err.strip()
    assert "is no checkpoint of this trainer" in error and len(error.splitlines()) == 1
    torch.save([1, 2], tmp_path / LAST)
    assert pretrain(shards, tmp_path, "--steps=2", "--resume") == 1
    assert "is no checkpoint of this trainer" in capsys.readouterr().err
    assert not mark.exists()
