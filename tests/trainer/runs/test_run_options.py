"""Options of a run: folders in use, resuming with others or without any, values out of range."""

import json
import logging
import shutil
import warnings

import pytest
import torch

import jtm
from tests.support.tiny_music import write_tiny_shards
from tests.trainer.finetuning.test_train import SMALL as TRAIN_SMALL
from tests.trainer.finetuning.test_train import train
from tests.trainer.pretraining.test_pretrain import SMALL, pretrain
from trainer.runs.checkpoints import read_weights
from trainer.runs.folder import LAST
from trainer.runs.loggers import is_worth_saying

pytestmark = pytest.mark.filterwarnings("ignore")
VALID = ["--machine.validate-steps=1", "--machine.validation-clips=4"]


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return write_tiny_shards(tmp_path_factory.mktemp("shards"), clips=4)


@pytest.fixture(scope="module")
def finished(shards, tmp_path_factory):
    """A run of one step; tests copy it."""
    run = tmp_path_factory.mktemp("runs") / "finished"
    assert pretrain(shards, run, "--steps=1", f"--valid=[{shards}]", *VALID) == 0
    return run


@pytest.fixture
def run(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "run")


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def step_of(run) -> int:
    return torch.load(run / LAST, weights_only=True)["global_step"]


def weights_of(run) -> dict[str, torch.Tensor]:
    return torch.load(run / LAST, weights_only=True)["state_dict"]


def test_a_folder_in_use_is_refused(shards, run, capsys):
    before = contents(run)
    assert pretrain(shards, run, "--steps=2") == 1
    assert train(shards, run, "--steps=2") == 1
    errors = capsys.readouterr().err.strip().splitlines()
    assert len(errors) == 2
    for error in errors:
        assert f"'{run}' holds a run already" in error and "--overwrite" in error
    assert contents(run) == before


def test_overwriting_leaves_nothing_of_the_earlier_run(shards, run):
    assert (run / "best.safetensors").exists()
    (run / "report").mkdir()
    (run / "report.html").write_text("an earlier one")
    (run / "notes.txt").write_text("mine")
    assert pretrain(shards, run, "--steps=2", "--overwrite") == 0
    assert not (run / "best.safetensors").exists() and not (run / "report.html").exists()
    assert not (run / "report").exists()
    assert step_of(run) == 2 and not (run / "previous.ckpt").exists()
    assert json.loads((run / "settings.json").read_text())["steps"] == 2
    assert len(list(run.glob("tensorboard/*"))) == 1
    assert (run / "notes.txt").read_text() == "mine"


def test_what_cannot_begin_overwrites_nothing(shards, run, capsys):
    before = contents(run)
    assert pretrain(shards, run, "--overwrite", "--crops.seconds=0.2", "--cpc.steps=40") == 2
    assert pretrain(shards, run, "--overwrite", "--resume") == 2
    assert "leave one of them out" in capsys.readouterr().err
    assert contents(run) == before


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--model.encoder.conv.channels=16"], "--model.encoder.conv.channels (12 -> 16)"),
        (["--encoder=logmel"], '--model.encoder.kind ("conv" -> "logmel")'),
        (["--cpc.temperature=0.2", "--cpc.negatives=9"], "--cpc.negatives (15 -> 9)"),
    ],
)
def test_resuming_cannot_change_the_network(shards, run, capsys, words, named):
    before = contents(run)
    assert pretrain(shards, run, "--steps=2", "--resume", *words) == 2
    error = capsys.readouterr().err.strip()
    assert named in error and len(error.splitlines()) == 1
    assert contents(run) == before


def test_a_checkpoint_of_another_network_is_one_line_too(shards, run, capsys):
    (run / "settings.json").unlink()
    words = ["--steps=2", "--resume", "--model.encoder.conv.channels=16"]
    assert pretrain(shards, run, *words) == 1
    assert "is of another network" in capsys.readouterr().err
    assert not (run / "settings.json").exists()
    assert pretrain(shards, run, "--steps=2", "--resume") == 0
    assert step_of(run) == 2


def test_other_crops_are_told_and_other_lengths_are_free(shards, run, capsys):
    free = ["--steps=2", "--optimizer.decay-steps=1", "--optimizer.learning-rate=1e-4"]
    assert pretrain(shards, run, "--resume", *free, "--batch-size=2") == 0
    assert "goes on with other" not in capsys.readouterr().err
    assert pretrain(shards, run, "--resume", "--steps=3", "--optimizer.ema=0.5") == 0
    assert "other --optimizer.ema (0.999 -> 0.5)" in capsys.readouterr().err
    assert json.loads((run / "settings.json").read_text())["optimizer"]["ema"] == 0.5


@pytest.mark.parametrize("kind", ["pretrain", "train"])
def test_a_resumed_run_takes_the_rates_that_it_is_told(shards, tmp_path, kind):
    start = {"pretrain": pretrain, "train": train}[kind]
    words = ["--steps=20", "--optimizer.warm-up-steps=1", "--optimizer.schedule=trapezoid"]
    words += ["--optimizer.decay-steps=1"]
    assert start(shards, tmp_path, *words, "--machine.stop-after=1") == 0
    before = weights_of(tmp_path)
    lower = ["--optimizer.learning-rate=1e-12", "--optimizer.weight-decay=0.5"]
    assert start(shards, tmp_path, *words, *lower, "--resume", "--machine.stop-after=2") == 0
    state = torch.load(tmp_path / LAST, weights_only=True)["optimizer_states"][0]
    assert [group["lr"] for group in state["param_groups"]] == pytest.approx([1e-12] * 2)
    assert [group["weight_decay"] for group in state["param_groups"]] == [0.5, 0.0]
    after = weights_of(tmp_path)
    assert all(torch.allclose(after[name], value, atol=1e-9) for name, value in before.items())


def test_resuming_needs_no_other_options(run):
    before = json.loads((run / "settings.json").read_text())
    assert jtm.main(["pretrain", "--resume", f"--out={run}", "--steps=2"]) == 0
    after = json.loads((run / "settings.json").read_text())
    assert step_of(run) == 2
    assert after == before | {"steps": 2, "resume": True, "out": str(run)} | {
        name: "" for name in ("encoder", "context", "negatives")
    }


def test_a_transcriber_resumes_without_other_options(shards, tmp_path, capsys):
    run = tmp_path / "run"
    assert train(shards, run, "--steps=1") == 0
    told = capsys.readouterr().out.splitlines()[-1]
    assert told == f"1 steps; weights: {run / 'last.safetensors'}"
    assert (run / "last.safetensors").is_file()
    moved = run.rename(tmp_path / "moved")
    settings = json.loads((moved / "settings.json").read_text())
    settings["model"]["of_another_version"] = 1
    (moved / "settings.json").write_text(json.dumps(settings))
    assert jtm.main(["train", "--out", str(moved), "--resume", "--steps", "2"]) == 0
    assert step_of(moved) == 2 and not run.exists()
    assert jtm.main(["train", "--out", str(moved), "--resume", "--model.head-hidden=7"]) == 2
    assert "--model.head_hidden (48 -> 7)" in capsys.readouterr().err


def test_the_folder_may_be_named_in_a_recipe(run, tmp_path):
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(f"out: {run}\nresume: true\nsteps: 2\n")
    assert jtm.main(["pretrain", "--config", str(recipe)]) == 0
    assert step_of(run) == 2


def test_damaged_settings_are_one_line(run, capsys):
    (run / "settings.json").write_text('{"steps": ')
    assert jtm.main(["pretrain", "--resume", f"--out={run}"]) == 1
    assert "settings.json' is damaged" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "word", "sentence"),
    [
        ("train", "--steps=0", "--steps cannot be 0; it may be 1 or more"),
        ("pretrain", "--steps=0", "--steps cannot be 0; it may be 1 or more"),
        ("pretrain", "--batch-size=0", "--batch-size cannot be 0; it may be 1 or more"),
        ("train", "--batch-size=-1", "--batch-size cannot be -1"),
        ("train", "--seed=-1", "--seed cannot be -1; it may be 0 or more"),
        ("pretrain", "--cpc.negatives=0", "--cpc.negatives cannot be 0"),
        ("pretrain", "--cpc.temperature=0", "--cpc.temperature cannot be 0; it may be above 0"),
        ("train", "--optimizer.learning-rate=0", "it may be above 0"),
        ("train", "--machine.devices=0", "--machine.devices cannot be 0"),
        ("pretrain", "--machine.accumulate=0", "--machine.accumulate cannot be 0"),
        ("train", "--crops.seconds=0", "--crops.seconds cannot be 0"),
        ("pretrain", "--crops.seconds=0", "--crops.seconds cannot be 0"),
        ("train", "--crops.seconds=0.3", "lengthen crops.seconds"),
        ("train", "--machine.precision=bf17", "it may be auto, 32-true, bf16-mixed, 16-mixed"),
        ("train", "--machine.accelerator=tpu", "--machine.accelerator tpu"),
        ("pretrain", "--machine.accelerator=abacus", "--machine.accelerator abacus"),
        ("train", "--model.context.transformer.heads=3", "must be a multiple of heads"),
        ("train", "--model.context.transformer.heads=0", "heads cannot be 0"),
    ],
)
def test_values_out_of_range_are_one_line(shards, tmp_path, capsys, command, word, sentence):
    small = {"train": TRAIN_SMALL, "pretrain": SMALL}[command]
    kind = ["--model.context.kind=transformer"] if "transformer" in word else []
    words = [command, f"--data=[{shards}]", f"--out={tmp_path / 'run'}", *small, *kind, word]
    try:
        code = jtm.main(words)
    except SystemExit as stop:
        code = stop.code
    error = capsys.readouterr().err.strip()
    assert code in (1, 2) and sentence in error, error
    assert len(error.splitlines()) == 1
    assert not (tmp_path / "run" / "settings.json").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--model.encoder.kind=sinc"], "--encoder conv is not --model.encoder.kind sinc"),
        (["--model.context.kind", "lstm"], "--context gru is not --model.context.kind lstm"),
        (["--negatives=uniform", "--cpc.sampler=sequential"], "is not --cpc.sampler sequential"),
    ],
)
def test_two_names_of_an_option_agree(shards, tmp_path, capsys, words, sentence):
    assert pretrain(shards, tmp_path / "run", *words) == 2
    error = capsys.readouterr().err.strip()
    assert f"{sentence}; leave one of them out" in error and len(error.splitlines()) == 1
    assert not (tmp_path / "run").exists()


def test_tempo_that_sequential_crops_do_not_change_is_told(shards, tmp_path, capsys):
    words = ["--steps=1", "--crops.tempo-chance=0.5"]
    assert pretrain(shards, tmp_path / "a", *words, "--negatives=sequential") == 0
    assert "--crops.tempo-chance changes nothing" in capsys.readouterr().err
    assert pretrain(shards, tmp_path / "b", *words) == 0
    assert "changes nothing" not in capsys.readouterr().err


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_one_line(shards, tmp_path, capsys):
    assert train(shards, tmp_path, "--machine.accelerator=gpu") == 1
    error = capsys.readouterr().err.strip()
    assert "--machine.accelerator gpu" in error and "try --machine.accelerator auto" in error
    assert len(error.splitlines()) == 1


def test_lightning_says_what_counts_and_nothing_else(shards, tmp_path):
    said: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())
    logger = logging.getLogger("pytorch_lightning")
    logger.addHandler(handler)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            assert pretrain(shards, tmp_path, "--steps=1") == 0
    finally:
        logger.removeHandler(handler)
    assert any("max_steps=1" in message for message in said)
    said += [str(warning.message) for warning in warned]
    for noise in ("litlogger", "GPU available", "weights_only", "LeafSpec", "configured so"):
        assert not any(noise in message for message in said), noise


def test_a_warning_is_never_noise():
    """Lightning warns of a GPU that is not used in nearly the words of the noise."""
    words = ("lightning", logging.WARNING, "", 0, "GPU available but not used", (), None)
    assert is_worth_saying(logging.LogRecord(*words))
    assert not is_worth_saying(logging.LogRecord("lightning", logging.INFO, *words[2:]))


def test_a_network_that_cannot_go_live_is_told_before_it_is_trained(shards, tmp_path, capsys):
    wanted = "choose --model.encoder.conv.norm channel"
    assert pretrain(shards, tmp_path / "a", "--steps=1") == 0
    assert wanted not in capsys.readouterr().err
    assert pretrain(shards, tmp_path / "b", "--steps=1", "--model.encoder.conv.norm=instance") == 0
    assert wanted in capsys.readouterr().err
    plain = [word for word in TRAIN_SMALL if not word.startswith("--model")]
    words = [f"--init={tmp_path / 'b'}", "--steps=1", f"--out={tmp_path / 'c'}", *plain]
    assert jtm.main(["train", f"--data=[{shards}]", *words]) == 0
    assert wanted in capsys.readouterr().err
    weights = tmp_path / "c" / "last.safetensors"
    assert jtm.main(["export", str(weights), f"--out={tmp_path}/m.onnx"]) == 1
    assert "train with --model.encoder.conv.norm channel" in capsys.readouterr().err


def test_weights_are_kept_every_so_many_steps_and_the_oldest_leave(shards, tmp_path):
    run = tmp_path / "run"
    words = ["--machine.keep_steps=2", "--machine.keep_count=2", f"--valid=[{shards}]", *VALID]
    assert pretrain(shards, run, "--steps=7", *words) == 0
    names = [path.name for path in sorted((run / "kept").iterdir())]
    assert names == ["step_00000004.safetensors", "step_00000006.safetensors"]
    _, kept, facts = read_weights(run / "kept" / names[0])
    assert facts["step"] == 4
    _, last, _ = read_weights(run / "last.safetensors")
    assert kept.keys() == last.keys()
    assert any(not torch.equal(kept[name], last[name]) for name in kept)
    assert pretrain(shards, run, "--steps=1", "--overwrite") == 0
    assert not (run / "kept").exists()
