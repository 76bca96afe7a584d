"""Recipes: those of the shipped network build the shipped network, weight for weight."""

from pathlib import Path

import pytest

import jtm
from realtime.commands.options import parse_options
from trainer.finetuning.run import TrainCommand
from trainer.network.model import Transcriber
from trainer.pretraining.cpc import ContrastiveModel
from trainer.pretraining.run import PretrainCommand
from trainer.runs.checkpoints import BACKBONE_PARTS, BUNDLED, read_weights
from trainer.runs.kept_options import parse_run_options

RECIPES = BUNDLED.parent
LARGER = "train-eight-gpus"


def shapes(weights, parts=("",)):
    return {name: tuple(w.shape) for name, w in weights.items() if name.startswith(parts)}


def options(recipe: Path, kind: type):
    return parse_options(kind, [f"--config={recipe}"], command="x", description="x")


@pytest.mark.parametrize("name", ["default", "train-gpu", "train-laptop"])
def test_a_recipe_of_the_shipped_network_trains_that_network(name):
    settings, weights, _ = read_weights(BUNDLED)
    model = options(RECIPES / f"{name}.yaml", TrainCommand).model
    assert (model.look_aheads, model.default_look_ahead) == (
        settings.look_aheads,
        settings.default_look_ahead,
    )
    assert (model.encoder, model.context) == (settings.encoder, settings.context)
    assert shapes(Transcriber(model).state_dict()) == shapes(weights)


def test_the_recipe_of_its_pretraining_learns_its_encoder_and_context():
    settings, weights, _ = read_weights(BUNDLED)
    command = options(RECIPES / "pretrain-harmonic.yaml", PretrainCommand)
    assert (command.model.encoder, command.model.context) == (settings.encoder, settings.context)
    network = ContrastiveModel(command.model, command.cpc)
    assert shapes(network.state_dict(), BACKBONE_PARTS) == shapes(weights, BACKBONE_PARTS)
    network.require_room(round(command.crops.seconds * 100))


def test_the_larger_recipe_is_larger():
    _, weights, _ = read_weights(BUNDLED)
    model = options(RECIPES / f"{LARGER}.yaml", TrainCommand).model
    size = sum(weight.numel() for weight in Transcriber(model).parameters())
    assert size > 1.6 * sum(weight.numel() for weight in weights.values())


@pytest.mark.parametrize("words", [["--config=train-laptop"], ["--config", "train-laptop.yaml"]])
def test_a_recipe_is_named_alone_wherever_the_program_lies(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    command = parse_run_options(TrainCommand, words, command="train", description="x")
    assert command == options(RECIPES / "train-laptop.yaml", TrainCommand)
    (tmp_path / "train-laptop").write_text("steps: 7")  # a file of one's own comes first
    own = parse_run_options(
        TrainCommand, ["--config=train-laptop"], command="train", description="x"
    )
    assert own.steps == 7


def test_a_recipe_that_is_none_is_refused_with_the_names_of_those_there_are(capsys):
    assert jtm.main(["train", "--config=laptop", "--data=x", "--out=y"]) == 2
    assert "recipes are adapt, default" in capsys.readouterr().err
