"""Two states of a run become one network, and two networks do not."""

import pytest
import torch

from trainer.network.model import ModelSettings, Transcriber
from trainer.runs.average import main
from trainer.runs.checkpoints import move_average, read_weights, save_weights, trained_state

SMALL = ModelSettings(head_hidden=8)


def write_state(path, value: float, step: int, settings: ModelSettings = SMALL):
    """A checkpoint whose floating-point weights are all `value`."""
    weights = {
        name: torch.full_like(tensor, value) if tensor.is_floating_point() else tensor
        for name, tensor in Transcriber(settings).state_dict().items()
    }
    save_weights(path, weights, settings, {"step": step, "hours_heard": step / 100})
    return str(path)


def test_the_mean_lies_between_and_says_what_it_is_of(tmp_path):
    earlier = write_state(tmp_path / "a.safetensors", 1.0, 200)
    later = write_state(tmp_path / "b.safetensors", 2.0, 500)
    began = write_state(tmp_path / "c.safetensors", 0.0, 1000)
    out = tmp_path / "out.safetensors"
    words = [earlier, later, "--share", "0.25", "--began-with", began, "--out", str(out)]
    assert main(words) == 0
    settings, weights, facts = read_weights(out)
    assert settings == SMALL
    floating = [value for value in weights.values() if value.is_floating_point()]
    assert floating and all(torch.allclose(v, torch.full_like(v, 1.25)) for v in floating)
    assert facts["averaged_steps"] == [200, 500] and facts["share_of_later"] == 0.25
    assert facts["step"] == 1500 and facts["hours_heard"] == pytest.approx(15.0)


@pytest.mark.parametrize(
    ("share", "hidden", "said"), [("2", 8, "--share"), ("0.5", 12, "different networks")]
)
def test_what_cannot_be_averaged_is_one_sentence(tmp_path, capsys, share, hidden, said):
    earlier = write_state(tmp_path / "a.safetensors", 1.0, 2)
    later = write_state(tmp_path / "b.safetensors", 2.0, 5, ModelSettings(head_hidden=hidden))
    out = tmp_path / "out.safetensors"
    assert main([earlier, later, "--share", share, "--out", str(out)]) == 1
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1
    assert not out.exists()


def test_the_moving_average_takes_the_statistics_of_norms_along():
    network = torch.nn.Sequential(torch.nn.BatchNorm1d(1), torch.nn.Linear(1, 1))
    average = trained_state(network)
    assert {"0.running_mean", "0.running_var", "1.weight"} <= set(average)
    assert "0.num_batches_tracked" not in average
    network(torch.full((8, 1), 10.0))  # running mean 0 -> 1
    move_average(average, network, 0.75, step=100)
    assert average["0.running_mean"].item() == pytest.approx(0.25)
    assert network[0].running_mean.item() == pytest.approx(1.0)
    network.load_state_dict(average, strict=False)
    assert network[0].running_mean.item() == pytest.approx(0.25)
