"""Settings of a stranger's checkpoint are refused before anything large is built from them."""

import dataclasses
import json

import pytest
import torch
from safetensors.torch import save_file

import jtm
from realtime.troubles.errors import UserError
from trainer.runs import checkpoints
from trainer.runs.checkpoints import BUNDLED, load_backbone, load_transcriber, read_weights
from trainer.runs.folder import is_whole


@pytest.fixture
def most_modules(monkeypatch):
    """How many modules the last load began to build."""
    built = []
    begin = torch.nn.Module.__init__

    def counted(self, *words, **named):
        built.append(type(self))
        assert len(built) < 5_000, "nobody stops it"
        begin(self, *words, **named)

    monkeypatch.setattr(torch.nn.Module, "__init__", counted)
    return built


def changed(path, *names, value):
    settings, weights, _ = read_weights(BUNDLED)
    told = json.loads(json.dumps(dataclasses.asdict(settings)))
    inside = told
    for name in names[:-1]:
        inside = inside[name]
    assert names[-1] in inside
    inside[names[-1]] = value
    save_file(weights, path, {"settings": json.dumps(told), "facts": "{}"})
    return path


@pytest.mark.parametrize("load", [load_transcriber, load_backbone])
@pytest.mark.parametrize(
    ("names", "value"),
    [
        (("context", "pitchwise", "blocks"), 8_000),
        (("context", "pitchwise", "blocks"), 100_000),
        (("context", "pitchwise", "channels"), 8_000),
        (("context", "pitchwise", "offsets"), [0] * 5_000),
        (("encoder", "harmonic", "channels"), 8_192),
    ],
)
def test_more_layers_or_wider_ones_than_weights_are_not_built(
    tmp_path, most_modules, load, names, value
):
    path = changed(tmp_path / "a.safetensors", *names, value=value)
    with pytest.raises(UserError, match="not a checkpoint of this trainer"):
        load(path)


def test_a_checkpoint_whose_directory_is_damaged_is_not_whole(tmp_path):
    """The archive's directory names its parts; each of its bytes in turn is another."""
    path = tmp_path / "last.ckpt"
    torch.save({"state_dict": {"a": torch.zeros(2)}}, path)
    content = path.read_bytes()
    assert is_whole(path)
    directory = content.index(b"PK\x01\x02")
    for place in range(directory, len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        assert is_whole(path) in (True, False)


def test_what_fits_is_built_and_nothing_stays_behind(tmp_path):
    load_transcriber(changed(tmp_path / "a.safetensors", "default_look_ahead", value=3))
    torch.nn.Linear(4_000, 4_000)
    torch.nn.Sequential(*(torch.nn.Identity() for _ in range(checkpoints.SPARE_PARTS + 9)))


@pytest.mark.parametrize("facts", ["", "{", "[1]", "null", "nan?", '"text"'])
def test_facts_that_are_no_table_are_refused(tmp_path, facts):
    settings, weights, _ = read_weights(BUNDLED)
    path = tmp_path / "a.safetensors"
    told = json.dumps(dataclasses.asdict(settings))
    save_file(weights, path, {"settings": told, "facts": facts})
    with pytest.raises(UserError, match="not a checkpoint of this trainer"):
        read_weights(path)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused_by_name(tmp_path, value, capsys):
    settings, weights, _ = read_weights(BUNDLED)
    weights["head.out.bias"].view(-1)[0] = value
    path = tmp_path / "a.safetensors"
    save_file(weights, path, {"settings": json.dumps(dataclasses.asdict(settings)), "facts": "{}"})
    assert jtm.main(["export", str(path), f"--out={tmp_path / 'a.onnx'}"]) == 1
    assert "no numbers (head.out.bias)" in capsys.readouterr().err
    assert not (tmp_path / "a.onnx").exists()
