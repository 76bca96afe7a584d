"""--memory-gb: pages of mapped shards are given back, and a limit that is too small is refused."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.support.tiny_music import write_tiny_shards
from tests.trainer.pretraining.test_pretrain import pretrain
from trainer.reports.curves import read_curves
from trainer.shards.format import Clip, empty_notes
from trainer.shards.shards import Shards
from trainer.shards.writing import write_shard

MEGABYTE = 1 << 20
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Path:
    """Six shards of one clip of 16 MB each."""
    folder = tmp_path_factory.mktemp("large")
    for index in range(6):
        audio = np.full(8 * MEGABYTE, index + 1, np.int16)
        clip = Clip(f"{index}", 0, 0, "test", "", (), "music")
        write_shard(folder, index, [audio], [empty_notes()], [clip])
    return folder


READING = """
import sys
import numpy as np
from trainer.shards.shards import Shards
from trainer.runs.memory_limit import resident_bytes

shards, length = Shards(sys.argv[1]), 160_000
rng = np.random.default_rng(0)
assert (shards.window(0, 0, length) == 1).all()
before = resident_bytes()
for _ in range(400):
    i, start = int(rng.integers(6)), int(rng.integers((8 << 20) - length))
    piece = shards.window(i, start, length)
    assert len(piece) == length and piece[0] == piece[-1] == i + 1
print(resident_bytes() - before)
"""
ALLOCATING = """
import mmap
from trainer.runs.memory_limit import resident_bytes

block = mmap.mmap(-1, 64 << 20)
before = resident_bytes()
block.write(bytes(len(block)))
print(resident_bytes() - before)
"""


def growth(program: str, *words: str) -> int:
    """What a program of its own prints: tests before may leave threads that take memory here."""
    command = [sys.executable, "-c", program, *words]
    return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


@pytest.mark.slow
def test_reading_a_set_takes_no_more_than_its_windows(large):
    """96 MB are read, most of them more than once; mapping them would show."""
    assert growth(READING, str(large)) < 8 * MEGABYTE


def test_a_file_that_was_cut_short_is_not_read(large, tmp_path):
    folder = tmp_path / "cut"
    shutil.copytree(large, folder)
    shards = Shards(folder)
    assert len(shards.window(3, 0, 10)) == 10
    os.truncate(folder / "00003.pcm.npy", 1000)
    with pytest.raises(ValueError, match="cut short"):
        shards.window(3, MEGABYTE, 10)
    with pytest.raises(ValueError, match="shorter than its header"):
        Shards(folder).window(3, 0, 10)


def test_windows_end_with_their_clip(large):
    shards = Shards(large)
    assert len(shards.window(2, 8 * MEGABYTE - 5, 100)) == 5
    assert len(shards.window(2, 0, 0)) == 0


@pytest.mark.slow
def test_resident_memory_counts_what_is_allocated():
    assert 0.8 * 64 * MEGABYTE < growth(ALLOCATING) < 1.5 * 64 * MEGABYTE


def test_a_limit_below_the_program_itself_is_refused(tmp_path, capsys):
    shards = write_tiny_shards(tmp_path / "shards", clips=2)
    assert pretrain(shards, tmp_path / "run", "--steps=1", "--memory-gb=0.05") == 1
    assert "leaves nothing for data" in capsys.readouterr().err


def test_a_run_that_outgrows_its_limit_stops(tmp_path, capsys, monkeypatch):
    shards = write_tiny_shards(tmp_path / "shards", clips=2)
    words = ["--steps=3", "--memory-gb=100"]
    assert pretrain(shards, tmp_path / "fits", *words) == 0
    monkeypatch.setattr(
        "trainer.runs.memory_limit.resident_bytes", iter([10**9, 2 * 10**11]).__next__
    )
    assert pretrain(shards, tmp_path / "grows", *words) == 1
    assert "more than --memory-gb 100" in capsys.readouterr().err


def test_a_resumed_run_logs_its_memory_too(tmp_path):
    shards = write_tiny_shards(tmp_path / "shards", clips=2)
    every = ["--machine.log_steps=1"]
    assert pretrain(shards, tmp_path / "run", "--steps=12", *every) == 0
    assert pretrain(shards, tmp_path / "run", "--steps=14", "--resume", *every) == 0
    steps, values = read_curves(tmp_path / "run")["train/memory_gb"]
    assert {12, 13} <= set(steps.tolist()) and (values > 0.1).all()
