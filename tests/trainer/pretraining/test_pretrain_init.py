"""`jtm pretrain --init`: goes on with what a checkpoint knows, under a schedule of its own."""

import pytest
import torch

import jtm
from tests.support.tiny_music import write_tiny_shards
from tests.trainer.pretraining.test_pretrain import SMALL, losses, pretrain
from trainer.runs.checkpoints import read_weights, save_weights

STILL = ["--optimizer.learning_rate=1e-12", "--optimizer.ema=0", "--steps=1"]
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return write_tiny_shards(tmp_path_factory.mktemp("shards"), clips=4)


@pytest.fixture(scope="module")
def learned(shards, tmp_path_factory):
    """A run that has learned something."""
    run = tmp_path_factory.mktemp("runs") / "learned"
    words = ["--steps=30", "--optimizer.warm_up_steps=2", "--optimizer.learning_rate=5e-3"]
    assert pretrain(shards, run, *words, "--optimizer.ema=0") == 0
    return run


def last_weights(run):
    return read_weights(run / "last.safetensors")[1]


@pytest.mark.slow
def test_encoder_context_and_predictions_go_on(shards, learned, tmp_path):
    assert pretrain(shards, tmp_path / "on", f"--init={learned}", *STILL) == 0
    assert pretrain(shards, tmp_path / "new", *STILL) == 0
    before, after = last_weights(learned), last_weights(tmp_path / "on")
    assert before.keys() == after.keys()
    for name, value in before.items():
        torch.testing.assert_close(after[name], value, atol=1e-6, rtol=0)
    begun, anew = (float(losses(tmp_path / run)[0]) for run in ("on", "new"))
    assert begun < 0.9 * anew
    assert read_weights(tmp_path / "on" / "last.safetensors")[2]["licences"] == ["unknown"]
    figures = torch.load(tmp_path / "on" / "last.ckpt", weights_only=True)
    assert figures["global_step"] == 1


def test_the_checkpoint_decides_the_network_and_another_one_is_refused(
    shards, learned, tmp_path, capsys
):
    words = ["pretrain", f"--data=[{shards}]", f"--init={learned}", f"--out={tmp_path / 'on'}"]
    plain = [word for word in SMALL if not word.startswith(("--model", "--encoder", "--context"))]
    assert jtm.main([*words, *plain, *STILL]) == 0
    assert read_weights(tmp_path / "on" / "last.safetensors")[0].encoder.conv.channels == 12
    capsys.readouterr()
    assert pretrain(shards, tmp_path / "b", f"--init={learned}", "--encoder=sinc", *STILL) == 2
    assert "--model.encoder.kind is conv there and sinc here" in capsys.readouterr().err
    for named, told in (
        ("--encoder=harmonic", "kind is conv there and harmonic here"),  # as by default, but named
        ("--model.encoder.kind=harmonic", "kind is conv there and harmonic here"),
        ("--model.encoder.conv.channels=256", "conv.channels is 12 there and 256 here"),
    ):
        assert jtm.main([*words, *plain, *STILL, "--overwrite", named]) == 2
        assert told in capsys.readouterr().err


def test_an_option_of_a_head_is_said_to_change_nothing(shards, tmp_path, capsys):
    assert pretrain(shards, tmp_path, "--model.look-aheads=[2]", *STILL) in (0, 2)
    assert "--model.look_aheads changes nothing here" in capsys.readouterr().err


def test_other_predictions_begin_anew_and_say_so(shards, learned, tmp_path, capsys):
    words = [f"--init={learned}", "--cpc.steps=4", *STILL]
    assert pretrain(shards, tmp_path, *words) == 0
    assert "the predictor begins anew" in capsys.readouterr().err
    before, after = last_weights(learned), last_weights(tmp_path)
    name = next(name for name in before if name.startswith("encoder.") and name.endswith("weight"))
    torch.testing.assert_close(after[name], before[name], atol=1e-6, rtol=0)


def test_a_transcriber_is_pretrained_further(shards, learned, tmp_path):
    run, on = tmp_path / "trained", tmp_path / "on"
    words = ["train", f"--data=[{shards}]", f"--init={learned}", f"--out={run}", "--steps=1"]
    assert jtm.main([*words, "--batch-size=2", "--crops.seconds=1"]) == 0
    assert pretrain(shards, on, f"--init={run}", *STILL) == 0
    trained, after = last_weights(run), last_weights(on)
    shared = [name for name in after if name in trained]
    assert any(name.startswith("context.") for name in shared)
    for name in shared:
        torch.testing.assert_close(after[name], trained[name], atol=1e-6, rtol=0)


def test_a_resumed_run_does_not_begin_with_it_again(shards, learned, tmp_path):
    words = [f"--init={learned}", "--optimizer.ema=0", "--optimizer.warm_up_steps=1"]
    assert pretrain(shards, tmp_path, *words, "--steps=4", "--machine.stop_after=2") == 0
    assert pretrain(shards, tmp_path, "--steps=4", "--resume", "--optimizer.ema=0") == 0
    assert any(
        not torch.equal(value, last_weights(learned)[name])
        for name, value in last_weights(tmp_path).items()
    )


def test_the_licences_of_what_was_learned_before_stay(shards, learned, tmp_path):
    settings, weights, facts = read_weights(learned / "last.safetensors")
    save_weights(tmp_path / "free.safetensors", weights, settings, facts | {"licences": ["MIT"]})
    assert pretrain(shards, tmp_path / "on", f"--init={tmp_path / 'free.safetensors'}", *STILL) == 0
    found = read_weights(tmp_path / "on" / "last.safetensors")[2]["licences"]
    assert found == ["MIT", "unknown"], "those of the new recordings are not known"
