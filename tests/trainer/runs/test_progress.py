"""The progress bar counts the steps of the whole run."""

import re

import pytest

from tests.support.tiny_music import write_tiny_shards
from tests.trainer.finetuning.test_train import train
from tests.trainer.pretraining.test_pretrain import pretrain

pytestmark = pytest.mark.filterwarnings("ignore")
SHOWN = re.compile(r"training: +(\d+)%\|[^|]*\| (\d+)/(\d+) \[")


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return write_tiny_shards(tmp_path_factory.mktemp("shards"), clips=4)


def shown(capsys) -> list[tuple[int, ...]]:
    """Percentage, step and total of each state of the bar."""
    out = capsys.readouterr().out
    assert "v_num" not in out and "Epoch" not in out
    return [tuple(map(int, found)) for found in SHOWN.findall(out)]


@pytest.mark.parametrize("start", [pretrain, train])
def test_a_resumed_run_counts_from_its_step_to_its_last(shards, tmp_path, capsys, start):
    assert start(shards, tmp_path, "--steps=5", "--machine.stop-after=2") == 0
    seen = shown(capsys)
    assert seen[0] == (0, 0, 5) and seen[-1] == (40, 2, 5)
    assert start(shards, tmp_path, "--steps=5", "--resume") == 0
    seen = shown(capsys)
    assert (40, 2, 5) in seen and (60, 3, 5) in seen and seen[-1] == (100, 5, 5)
    assert {total for *_, total in seen} == {5} and min(step for _, step, _ in seen) == 2
    assert start(shards, tmp_path, "--steps=6", "--resume") == 0
    assert {(step, total) for _, step, total in shown(capsys)} == {(5, 6), (6, 6)}


def test_batches_that_are_added_up_count_as_one_step(shards, tmp_path, capsys):
    words = ["--batch-size=2", "--machine.accumulate=3", "--steps=2"]
    assert pretrain(shards, tmp_path, *words) == 0
    seen = shown(capsys)
    assert seen[-1] == (100, 2, 2) and {step for _, step, _ in seen} == {0, 1, 2}


def test_the_loss_stands_beside_the_bar(shards, tmp_path, capsys):
    assert pretrain(shards, tmp_path, "--steps=1") == 0
    assert re.search(r" 1/1 \[.*train/loss=\d", capsys.readouterr().out)
