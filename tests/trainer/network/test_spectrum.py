"""The log-frequency spectrum puts a tone on its own row, at its own level."""

import math

import pytest
import torch

from realtime.troubles.errors import UserError
from trainer.network.encoders.spectrum import LogFrequencySpectrum, SpectrumSettings


@pytest.fixture(scope="module")
def spectrum() -> LogFrequencySpectrum:
    return LogFrequencySpectrum()


@pytest.mark.parametrize("pitch", [33, 45, 60, 72, 96, 108])
def test_a_sine_peaks_on_its_pitch(spectrum, pitch):
    time = torch.arange(16_000) / 16_000
    tone = 0.5 * torch.sin(2 * math.pi * 440 * 2 ** ((pitch - 69) / 12) * time)[None]
    rows, _ = spectrum(tone, torch.zeros(1, spectrum.tail_samples))
    assert rows.shape == (1, 100, 303)
    assert abs(int(rows[0, -1].argmax()) - (3 * (pitch - 21) + 1)) <= 1
    magnitude = math.exp(float(rows[0, -1].max()) * 2.5 - 6.0)
    assert magnitude == pytest.approx(0.5, rel=0.1)


def test_an_attack_shows_within_two_hops(spectrum):
    tone = torch.zeros(1, 16_000)
    time = torch.arange(8_000) / 16_000
    tone[0, 8_000:] = 0.5 * torch.sin(2 * math.pi * 880 * time)
    rows, _ = spectrum(tone, torch.zeros(1, spectrum.tail_samples))
    row = rows[0, :, 3 * (81 - 21) + 1]
    assert row[49] < row[99] - 2.0
    assert row[51] > row[49] + 1.0


def test_silence_is_the_floor(spectrum):
    rows, _ = spectrum(torch.zeros(1, 1600), torch.zeros(1, spectrum.tail_samples))
    assert torch.allclose(rows, torch.full_like(rows, (math.log(1e-4) + 6) / 2.5), atol=1e-4)


@pytest.mark.parametrize("windows", [(1e-3, 256.0), (1e-3, 1e-3), (32.0, 1e-3)])
def test_windows_that_hold_no_sample_are_refused(windows):
    shortest, longest = windows
    settings = SpectrumSettings(cycles=1e-3, shortest_window_ms=shortest, longest_window_ms=longest)
    with pytest.raises(UserError, match="hold no sample at 16000 Hz"):
        LogFrequencySpectrum(settings)
