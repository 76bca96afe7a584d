"""Another tempo at the same pitch."""

import math

import numpy as np
import pytest
import torch

from trainer.crops.tempo import HOP, WINDOW, change_tempo, stretch

RATE = 16_000


@pytest.mark.parametrize("ratio", [0.8, 1.25])
def test_a_tone_gets_shorter_or_longer_and_keeps_its_pitch(ratio):
    time = np.arange(RATE) / RATE
    tone = 0.5 * np.sin(2 * np.pi * 440 * time).astype(np.float32)
    changed = change_tempo(tone, ratio)
    assert len(changed) == round(RATE / ratio)
    middle = changed[WINDOW:-WINDOW]
    power = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert np.argmax(power) * RATE / len(middle) == pytest.approx(440, abs=2)


def test_the_same_tempo_gives_the_same_frames():
    torch.manual_seed(0)
    spectrum = torch.randn(WINDOW // 2 + 1, 12, dtype=torch.cfloat)
    advance = torch.linspace(0, math.pi * HOP, WINDOW // 2 + 1)[:, None]
    assert torch.allclose(stretch(spectrum, 1.0, advance), spectrum, atol=1e-2)
