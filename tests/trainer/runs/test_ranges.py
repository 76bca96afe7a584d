"""What numbers among the options may be: every one is looked at, and a wrong one is one line."""

import dataclasses
import math

import pytest

import jtm
from realtime.errors import UserError
from trainer.commands.classify import ClassifyCommand
from trainer.commands.data import DoctorCommand
from trainer.commands.data import IndexCommand
from trainer.commands.evaluate import EvaluateCommand
from trainer.commands.features import FeaturesCommand
from trainer.commands.label_curve import LabelCurveCommand
from trainer.commands.pack import PackCommand
from trainer.pretraining.run import PretrainCommand
from trainer.finetuning.run import TrainCommand
from trainer.runs.option_ranges import RANGES
from trainer.runs.option_ranges import list_numbers
from trainer.runs.option_ranges import range_of
from trainer.runs.option_ranges import require_ranges
from trainer.render.settings import RenderSettings

COMMANDS = {
    "pretrain": PretrainCommand(),
    "train": TrainCommand(),
    "classify": ClassifyCommand(),
    "label-curve": LabelCurveCommand(),
    "evaluate": EvaluateCommand("manifest.csv"),
    "features": FeaturesCommand(["song.wav"]),
    "render": RenderSettings("out"),
    "data doctor": DoctorCommand("folder"),
    "data index": IndexCommand("folder", "out"),
    "data pack": PackCommand("folder", "out"),
}
ANYTHING = ("offsets", "quietest_noise_db", "loudest_noise_db", "default_look_ahead")
"""Numbers that may be below zero, or that something else looks at."""


@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_command_begins_with_is_in_range_and_every_number_has_one(name):
    require_ranges(COMMANDS[name])
    numbers = [number for number, _ in list_numbers(COMMANDS[name])]
    without = {number for number in numbers if range_of(number) is None}
    assert {number.rpartition(".")[2] for number in without} <= set(ANYTHING)


def test_every_range_is_of_an_option():
    numbers = {number for command in COMMANDS.values() for number, _ in list_numbers(command)}
    assert {name for name in RANGES if not any(f".{n}".endswith(f".{name}") for n in numbers)} == (
        set()
    )


@pytest.mark.parametrize(
    ("command", "name", "value", "sentence"),
    [
        ("pretrain", "collapse.window", 0, "--collapse.window cannot be 0; give 1 or more"),
        ("pretrain", "model.encoder.conv.channels", 0, "channels cannot be 0; give 1 or more"),
        ("pretrain", "model.encoder.conv.strides", (5, 0), "strides cannot be 0; give 1 or more"),
        ("pretrain", "cpc.k_min", -3, "--cpc.k_min cannot be -3; give 0 or more"),
        ("pretrain", "cpc.warm_up_frames", -5, "cannot be -5; give 0 or more"),
        ("pretrain", "cpc.anchors", -5, "cannot be -5; give 0 or more"),
        ("pretrain", "crops.past_chance", 7, "--crops.past_chance cannot be 7; give 0 to 1"),
        ("pretrain", "crops.tempo_percent", 150, "cannot be 150; give 0 to 100"),
        ("pretrain", "crops.augment.noise_chance", -0.1, "cannot be -0.1; give 0 to 1"),
        ("pretrain", "cpc.dropout", 1, "cannot be 1; give 0 or more and below 1"),
        ("pretrain", "machine.workers", -1, "--machine.workers cannot be -1; give 0 or more"),
        ("train", "crops.mix_chance", 2, "--crops.mix_chance cannot be 2; give 0 to 1"),
        ("train", "optimizer.ema", 2, "--optimizer.ema cannot be 2; give 0 to 1"),
        ("train", "label_fraction", 0, "--label-fraction cannot be 0; give a number above 0"),
        ("train", "loss.onset", math.nan, "--loss.onset cannot be nan; give 0 or more"),
        ("classify", "test_share", 0, "--test-share cannot be 0; give a number above 0 and"),
        ("classify", "test_share", 1.5, "--test-share cannot be 1.5; give a number above 0 and"),
        ("classify", "window_seconds", 0, "--window-seconds cannot be 0; give a number above 0"),
        ("classify", "windows_per_recording", 0, "cannot be 0; give 1 or more"),
        ("classify", "frame_stride", 0, "--frame-stride cannot be 0; give 1 or more"),
        ("classify", "probe.batch_size", 0, "--probe.batch_size cannot be 0; give 1 or more"),
        ("classify", "probe.steps", 0, "--probe.steps cannot be 0; give 1 or more"),
        ("label-curve", "fit.crops.seconds", 0, "--fit.crops.seconds cannot be 0"),
        ("data index", "clip_seconds", -3, "--clip-seconds cannot be -3; give 0 or more"),
        ("data index", "workers", 0, "--workers cannot be 0; give 1 or more"),
        ("render", "midi_share", 2, "--midi-share cannot be 2; give 0 to 1"),
    ],
)
def test_a_number_out_of_range_is_named_with_what_to_give(command, name, value, sentence):
    with pytest.raises(UserError) as told:
        require_ranges(changed(COMMANDS[command], name, value))
    assert sentence in str(told.value)


@pytest.mark.parametrize(
    "words",
    [
        ["classify", "--data=[nowhere]", "--probe.steps=0"],
        ["label-curve", "--labelled=[nowhere]", "--held-out=[nowhere]", "--fit.patience=0"],
        ["evaluate", "nowhere.csv", "--workers=0"],
        ["render", "--out=nowhere", "--seed=-1"],
        ["data", "doctor", "nowhere", "--workers=0"],
        ["data", "index", "nowhere", "--out=nowhere", "--clip-seconds=-3"],
        ["data", "pack", "nowhere", "--out=elsewhere", "--tar-mb=0"],
    ],
)
def test_every_command_looks_before_it_does_anything(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert jtm.main(words) == 1
    error = capsys.readouterr().err.strip()
    assert "cannot be" in error and "; give" in error and len(error.splitlines()) == 1
    assert not any(tmp_path.iterdir())


def changed(settings, name, value):
    """Another value somewhere in a nested dataclass."""
    first, _, rest = name.partition(".")
    value = changed(getattr(settings, first), rest, value) if rest else value
    return dataclasses.replace(settings, **{first: value})