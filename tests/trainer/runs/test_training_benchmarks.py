"""The benchmarks of training: what they compare is the same, and their tables can be read."""

import numpy as np
import pytest
import torch

from benchmarks import training
from benchmarks.attacks import memory_limit
from benchmarks.throughput.yardstick import PlainConvGru
from tests.support.tiny_music import write_tiny_shards
from trainer.network.architectures import ContextSettings, EncoderSettings
from trainer.network.backbone import Backbone
from trainer.shards.shards import Shards

pytestmark = pytest.mark.filterwarnings("ignore")


def test_a_set_held_in_memory_gives_the_same_windows(tmp_path):
    shards = Shards(write_tiny_shards(tmp_path, clips=2))
    held = memory_limit.InMemory([str(tmp_path)])
    held.load()
    for clip in range(2):
        assert np.array_equal(held.window(clip, 9000, 500), shards.window(clip, 9000, 500))
        assert np.array_equal(held.notes(clip), shards.notes(clip))


def test_a_process_measures_set_memory_and_speed(tmp_path):
    folder = write_tiny_shards(tmp_path, clips=2)
    found = memory_limit.draw([str(folder)], in_memory=False, batches=2, workers=0)
    assert found["set_gb"] == pytest.approx(2 * 80_000 * 2 / 1e9)
    assert 0 < found["program_gb"] <= found["most_gb"]
    assert found["crops_per_second"] > 0 and found["crops_per_core_second"] > 0


def test_cases_take_turns_and_the_first_call_is_not_counted():
    called: list[str] = []
    cases = {name: (lambda name=name: called.append(name)) for name in ("a", "b")}
    spent = training.time_rounds(cases, 0.0, 3)
    assert called == ["a", "b"] * 4 and [len(times) for times in spent.values()] == [3, 3]
    rates = training.best_rate({"a": lambda: sum(range(10_000))}, {"a": 2.0}, 0.0)
    assert rates["a"] > 0


def test_the_yardstick_has_our_shapes():
    """Both networks give equally many frames and features, from as many weights."""
    audio = torch.randn(1, 1, 1600)
    ours = Backbone(EncoderSettings(kind="conv"), ContextSettings(kind="gru"))
    plain = PlainConvGru()
    heard = ours.encode(audio[0], ours.initial_state(1))
    features, context = plain(audio)
    assert heard.context.shape == context.shape == (1, 10, 256) and features.shape == (1, 10, 256)
    weights = [sum(p.numel() for p in model.parameters()) for model in (ours, plain)]
    assert weights[0] == weights[1]


def test_tables_name_every_case(capsys):
    kinds = [*training.CONTEXTS, "crops alone"]
    training.print_tables(
        {
            "precision": "fp32",
            "pretrain": dict(zip(kinds, (10.0, 40.0, 30.0, 8.0, 400.0), strict=True)),
            "train": {"step": 8.0, "crops alone": 80.0},
            "parts": {"encoder": 0.25},
            "operations": [("aten::mm", 0.5)],
            "conv + gru": {"ours": 12.0, "plain torch": 10.0},
        }
    )
    told = capsys.readouterr().out
    for expected in ("conv + gru", "40.0 x", "50.0 x", "10.0 x", "25.0 %", "50.0 %", "1.20 x"):
        assert expected in told, expected
