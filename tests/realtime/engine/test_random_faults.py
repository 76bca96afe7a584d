"""Random plugs, stops, panics, swaps and bad sound: no stuck note, no crash, no lost take."""

import pytest

from benchmarks.attacks.fault_machine import run_sequence


def test_ten_sequences(toy_path, tmp_path):
    for seed in range(10):
        run_sequence(seed, toy_path, tmp_path / str(seed))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1000, 3000, 200))
def test_two_thousand_sequences(toy_path, tmp_path, first):
    for seed in range(first, first + 200):
        run_sequence(seed, toy_path, tmp_path / str(seed))
