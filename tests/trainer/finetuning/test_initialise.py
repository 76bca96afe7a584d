"""`jtm train --init`: what is taken over, what is frozen and until when."""

from pathlib import Path

import numpy as np
import pytest
import torch

import jtm
from realtime.inference.onnx_model import OnnxModel
from realtime.inference.self_test import run_self_test
from tests.support.small_models import small_settings
from tests.support.tiny_music import write_tiny_shards
from tests.trainer.pretraining.test_pretrain import SMALL as PRETRAIN_SMALL
from trainer.network.model import Transcriber
from trainer.runs.checkpoints import (
    BUNDLED,
    load_backbone,
    load_transcriber,
    read_weights,
    save_weights,
)

SMALL = [
    "--batch-size=2",
    "--crops.seconds=1",
    "--machine.accelerator=cpu",
    "--machine.precision=32-true",
    "--optimizer.ema=0",
    "--optimizer.warm-up-steps=1",
]
RECIPES = BUNDLED.parent
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return write_tiny_shards(tmp_path_factory.mktemp("shards"), clips=3)


@pytest.fixture(scope="module")
def pretrained(shards, tmp_path_factory):
    out = tmp_path_factory.mktemp("pretrained")
    words = ["pretrain", f"--data=[{shards}]", f"--out={out}", *PRETRAIN_SMALL, "--steps=2"]
    assert jtm.main(words) == 0
    return out


@pytest.fixture(scope="module")
def other(shards, tmp_path_factory):
    """A pretrained run of another encoder and another context."""
    out = tmp_path_factory.mktemp("other")
    small = ["--encoder=logmel", "--context=transformer", "--model.encoder.logmel.channels=8"]
    small += ["--model.context.transformer.width=16", "--model.context.transformer.heads=2"]
    words = ["pretrain", f"--data=[{shards}]", f"--out={out}", *PRETRAIN_SMALL, *small, "--steps=1"]
    assert jtm.main(words) == 0
    return out


def train(shards: Path, out: Path, *words: str):
    assert jtm.main(["train", f"--data=[{shards}]", f"--out={out}", *SMALL, *words]) == 0
    return load_transcriber(out / "last.safetensors")[0]


def changed(model: torch.nn.Module, pretrained: Path) -> set[str]:
    """Parts of which a weight differs from the pretrained one."""
    before = read_weights(pretrained / "last.safetensors")[1]
    return {
        name.split(".")[0]
        for name, value in model.state_dict().items()
        if name in before and not torch.equal(value, before[name])
    }


@pytest.mark.parametrize(
    ("words", "moving"),
    [
        ([], {"encoder", "context"}),
        (["--freeze=encoder"], {"context"}),
        (["--freeze=all"], set()),
        (["--freeze=all", "--freeze-steps=2"], {"encoder", "context"}),
        (["--freeze=all", "--freeze-steps=3"], set()),
    ],
)
def test_what_is_frozen_stays(shards, pretrained, tmp_path, words, moving):
    model = train(shards, tmp_path, f"--init={pretrained}", "--steps=3", *words)
    assert model.settings.encoder.kind == "conv" and model.settings.context.kind == "gru"
    assert changed(model, pretrained) == moving


@pytest.mark.parametrize(
    ("words", "differs"),
    [
        (["--model.encoder.kind=sinc"], "--model.encoder.kind is conv there and sinc here"),
        (
            ["--model.encoder.kind=conv", "--model.encoder.conv.channels=24"],
            "--model.encoder.conv.channels is 12 there and 24 here",
        ),
        (
            ["--model.context.kind=gru", "--model.context.recurrent.width=9"],
            "--model.context.recurrent.width is 10 there and 9 here",
        ),
        (["--model.encoder.kind=harmonic"], "kind is conv there and harmonic here"),  # the default
        (["--model.encoder.conv.channels", "256"], "conv.channels is 12 there and 256 here"),
    ],
)
def test_a_checkpoint_of_another_network_than_asked_for_is_refused(
    shards, pretrained, tmp_path, words, differs, capsys
):
    given = ["train", f"--data=[{shards}]", f"--out={tmp_path}", *SMALL, f"--init={pretrained}"]
    assert jtm.main([*given, "--steps=1", *words]) == 2
    told = capsys.readouterr().err
    assert differs in told and "Leave those options out" in told
    assert not (tmp_path / "last.safetensors").exists()


@pytest.mark.parametrize(
    ("words", "differs"),
    [
        (["--keep-head", "--model.head_hidden=32"], "--model.head_hidden is 64 there and 32 here"),
        (["--keep-head", "--model.look-aheads=[2,4]"], "--model.look_aheads is (1, 2, 3, 4, 8) "),
        (["--keep-head", "--model.look_aheads=[2,4,8]"], "there and (2, 4, 8) here"),  # the default
        (["--keep-head", "--model.default_look_ahead=2"], "default_look_ahead is 4 there and 2"),
        (["--keep-head", "--model.instruments=[violin]"], "instruments is () there and ('violin"),
        (["--keep-head", '--config={"model":{"head_hidden":20}}'], "head_hidden is 64 there and"),
        (["--model.encoder.conv.channels=300"], "--model.encoder.kind is harmonic there and conv"),
        (["--model.classes=[a,b]"], "--model.classes is set by `jtm classify --keep`"),
    ],
)
def test_no_option_of_the_network_is_ignored_beside_a_transcriber(
    shards, tmp_path, words, differs, capsys
):
    kind = ["--model.encoder.kind=conv"] if "conv" in words[0] else []
    given = ["train", f"--data=[{shards}]", f"--out={tmp_path}", *SMALL, "--init=default"]
    assert jtm.main([*given, "--steps=1", *kind, *words]) == 2
    assert differs in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "differs"),
    [
        (["--model.encoder.conv.channels=300"], "encoder.conv.channels is 12 there and 300"),
        (
            ["--head-on=encoder", "--model.context.kind=lstm"],
            "--model.context.kind is left out (--head-on encoder) there and lstm here",
        ),
    ],
)
def test_the_option_that_was_named_is_refused(shards, pretrained, tmp_path, words, differs, capsys):
    """Not another one, such as the kind, which nobody named."""
    given = ["train", f"--data=[{shards}]", f"--out={tmp_path}", *SMALL, f"--init={pretrained}"]
    assert jtm.main([*given, "--steps=1", *words]) == 2
    assert differs in capsys.readouterr().err


def test_only_what_was_named_is_compared(shards, tmp_path):
    """The bundled network is harmonic, and of other widths than the default harmonic one."""
    train(shards, tmp_path, "--init=default", "--model.encoder.kind=harmonic", "--steps=1")


@pytest.mark.parametrize("runs", ["[{0},{1}]", "[{1},{0}]"])
@pytest.mark.parametrize("word", ["--model.encoder.kind=sinc", "--model.context.kind=gru"])
def test_networks_that_are_joined_decide_too(
    shards, pretrained, other, tmp_path, runs, word, capsys
):
    given = ["train", f"--data=[{shards}]", f"--out={tmp_path}", *SMALL, "--steps=1"]
    assert jtm.main([*given, f"--init={runs.format(pretrained, other)}", word]) == 2
    name, _, value = word.partition("=")
    assert f"{name} is several networks there and {value} here" in capsys.readouterr().err


def test_a_recipe_of_a_larger_network_does_not_become_the_checkpoint_s(
    shards, pretrained, tmp_path, capsys
):
    words = ["train", f"--config={RECIPES / 'default.yaml'}", f"--init={pretrained}"]
    assert jtm.main([*words, f"--data=[{shards}]", f"--out={tmp_path}", "--steps=1"]) == 2
    assert "--model.encoder.kind is conv there and harmonic here" in capsys.readouterr().err


def test_the_same_options_and_those_of_other_kinds_are_no_difference(
    shards, pretrained, tmp_path, capsys
):
    same = ["--model.encoder.kind=conv", "--model.encoder.conv.channels=12"]
    other = ["--model.encoder.sinc.channels=7", "--model.look_aheads=[2,4]"]
    model = train(shards, tmp_path, f"--init={pretrained}", "--steps=1", *same, *other)
    assert model.settings.look_aheads == (2, 4)
    told = capsys.readouterr().err
    assert f"--init '{pretrained}' brings conv encoder, gru context," in told


def test_a_run_folder_is_exported(shards, tmp_path, capsys):
    train(shards, tmp_path / "run", "--steps=1")
    assert jtm.main(["export", str(tmp_path / "run"), f"--out={tmp_path}/m.onnx"]) == 0
    assert run_self_test(OnnxModel(tmp_path / "m.onnx")) <= 1e-4
    assert jtm.main(["export", str(shards), f"--out={tmp_path}/n.onnx"]) == 1
    assert f"No weights in '{shards}'; give a run folder" in capsys.readouterr().err


def test_a_head_directly_on_the_encoder(shards, pretrained, tmp_path):
    words = [f"--init={pretrained}", "--head-on=encoder", "--freeze=encoder", "--steps=2"]
    model = train(shards, tmp_path, *words)
    assert model.settings.context.kind == "none"
    assert changed(model, pretrained) == set()
    assert model.head.out.in_features == 12
    assert jtm.main(["export", str(tmp_path / "last.safetensors"), f"--out={tmp_path}/m.onnx"]) == 0


def test_the_backbone_alone_can_be_loaded(pretrained):
    model, facts = load_backbone(pretrained / "last.safetensors")
    heard = model.encode(torch.zeros(1, 1600), model.initial_state(1))
    assert heard.frames.shape == (1, 10, 12) and heard.context.shape == (1, 10, 10)
    assert facts["step"] == 2 and changed(model, pretrained) == set()


def test_a_trained_transcriber_is_taken_over_without_its_head(shards, pretrained, tmp_path):
    first = train(shards, tmp_path / "a", f"--init={pretrained}", "--steps=2")
    again = train(
        shards, tmp_path / "b", f"--init={tmp_path}/a/last.safetensors", "--freeze=all", "--steps=1"
    )
    same = {n for n, v in again.state_dict().items() if torch.equal(v, first.state_dict()[n])}
    assert all((name in same) != name.startswith("head.") for name in again.state_dict())


@pytest.mark.slow
def test_a_whole_transcriber_goes_on_where_it_was(shards, tmp_path):
    first = train(shards, tmp_path / "a", "--model.look-aheads=[1,4]", "--steps=2")
    words = [f"--init={tmp_path}/a", "--keep-head", "--steps=1"]
    again = train(shards, tmp_path / "b", *words, "--optimizer.learning-rate=1e-30")
    assert again.settings == first.settings
    for name, value in first.state_dict().items():
        assert torch.equal(value, again.state_dict()[name])
    assert jtm.main(["export", str(tmp_path / "b/last.safetensors"), f"--out={tmp_path}/m"]) == 0


@pytest.mark.slow
def test_the_bundled_model_can_be_taught_further(shards, tmp_path):
    recipe = Path(jtm.__file__).parent / "trainer" / "recipes" / "adapt.yaml"
    words = [f"--config={recipe}", "--steps=1", "--optimizer.learning-rate=1e-30"]
    again = train(shards, tmp_path, *words)
    weights = tmp_path / "last.safetensors"
    words = ["--thresholds=default", f"--out={tmp_path}/mine.onnx"]
    assert jtm.main(["export", str(weights), *words]) == 0
    mine, bundled = OnnxModel(tmp_path / "mine.onnx"), OnnxModel()
    assert again.settings.look_aheads == tuple(h.look_ahead_frames for h in bundled.spec.heads)
    assert (mine.spec.heads, mine.spec.refine) == (bundled.spec.heads, bundled.spec.refine)
    hops = 0.3 * np.random.default_rng(0).standard_normal((20, 160), np.float32)
    for hop in hops:
        one, other = mine.logits(hop), bundled.logits(hop)
        for name in ("onset", "frame", "offset", "velocity"):
            assert np.allclose(one[name], other[name], atol=1e-3)


@pytest.mark.parametrize(
    ("words", "moving", "width"),
    [
        pytest.param(["--freeze=all"], set(), 10 + 16, marks=pytest.mark.slow),
        (["--freeze=encoder"], {"context", "bridge"}, 10 + 16),
        (["--freeze=all", "--freeze-steps=1"], {"encoder", "context", "bridge"}, 10 + 16),
        pytest.param(["--head-on=encoder", "--freeze=all"], set(), 12 + 8, marks=pytest.mark.slow),
    ],
)
def test_several_pretrained_networks_are_joined(
    shards, pretrained, other, tmp_path, words, moving, width
):
    runs = [pretrained, other]
    words = [f"--init=[{pretrained},{other}]", "--steps=2", *words]
    model = train(shards, tmp_path / "run", *words)
    assert model.head.out.in_features == width
    found = set()
    for part, run in zip(model.encoder.parts, runs, strict=True):
        found |= changed(part, run)
    assert found == moving - {"bridge"}
    if moving:
        return
    audio = 0.1 * torch.randn(1, 3200, generator=torch.Generator().manual_seed(0))
    alone = [load_backbone(run / "last.safetensors")[0] for run in runs]
    heard = model.encode(audio, model.initial_state()).context
    layer = "frames" if "--head-on=encoder" in words else "context"
    parts = [getattr(one.encode(audio, one.initial_state()), layer) for one in alone]
    assert torch.equal(heard, torch.cat(parts, dim=-1))
    out = tmp_path / "m.onnx"
    assert jtm.main(["export", str(tmp_path / "run" / "last.safetensors"), f"--out={out}"]) == 0
    assert run_self_test(OnnxModel(out)) <= 1e-4


def test_a_context_that_ran_backwards_is_told(shards, pretrained, tmp_path, capsys):
    words = ["pretrain", f"--data=[{shards}]", *PRETRAIN_SMALL, "--steps=1", "--cpc.reverse=true"]
    backwards = tmp_path / "backwards"
    assert jtm.main([*words, f"--out={backwards}"]) == 0
    capsys.readouterr()
    train(shards, tmp_path / "a", f"--init={backwards}", "--steps=1")
    told = capsys.readouterr().err
    assert told.count(f"the context of '{backwards}' was pretrained backwards in time") == 1
    train(shards, tmp_path / "b", f"--init={pretrained}", "--steps=1")
    train(shards, tmp_path / "c", f"--init={backwards}", "--head-on=encoder", "--steps=1")
    assert "pretrained backwards" not in capsys.readouterr().err


def test_networks_that_cannot_be_joined_are_one_line(shards, pretrained, tmp_path, capsys):
    torch.manual_seed(0)
    rows = Transcriber(small_settings("harmonic", "pitchwise"))
    save_weights(tmp_path / "rows.safetensors", rows.state_dict(), rows.settings, {})
    words = [f"--init=[{pretrained},{tmp_path}/rows.safetensors]", "--steps=1"]
    assert jtm.main(["train", f"--data=[{shards}]", f"--out={tmp_path}/run", *SMALL, *words]) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert "cannot join" in error and "a vector for each pitch" in error


def test_a_frozen_run_resumes(shards, pretrained, tmp_path):
    words = [f"--init={pretrained}", "--freeze=all", "--freeze-steps=2", "--steps=4"]
    whole = train(shards, tmp_path / "whole", *words)
    train(shards, tmp_path / "halves", *words, "--machine.stop-after=1")
    halves = train(shards, tmp_path / "halves", *words, "--resume")
    for one, other in zip(whole.state_dict().values(), halves.state_dict().values(), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--freeze=all"], "give --init"),
        (["--model.look-aheads=[1,3]"], "--model.default-look-ahead 4 is none of"),
        (["--keep-head"], "give --init"),
        (["--grow"], "nothing to grow"),
        (["--init=a", "--grow"], "add --keep-head"),
        (["--freeze-steps=5"], "give --freeze encoder or --freeze all, or --freeze-steps 0"),
        (["--init=[a,b]", "--keep-head"], "name one run"),
        (["--init=a", "--keep-head", "--head-on=encoder"], "leave out --head-on"),
        (["--init=/nowhere.safetensors"], "No checkpoint at '/nowhere.safetensors'"),
        (["--init=/no,/where"], "to join several runs write '[/no,/where]'"),
    ],
)
def test_contradictions_are_one_line(shards, tmp_path, words, sentence, capsys):
    lacking = words[0].startswith("--init=") and "/" in words[0]
    given = ["train", f"--data=[{shards}]", f"--out={tmp_path}", *words]
    assert jtm.main(given) == (1 if lacking else 2)
    assert sentence in capsys.readouterr().err
