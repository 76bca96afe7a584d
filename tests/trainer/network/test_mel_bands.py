"""Mel filters: Slaney's scale, triangles that cover the range, and the field's own figures."""

import pytest
import torch

from trainer.network.encoders.logmel import LogMelSettings, hertz_of, mel_bands, mels_of


def test_bands_cover_the_range_and_none_is_silent():
    bands = mel_bands(LogMelSettings())
    assert bands.shape == (1025, 160)
    assert torch.all(bands.amax(dim=0) > 0)
    assert bands.max() <= 1


def test_the_scale_is_linear_up_to_1_khz_and_logarithmic_above():
    hertz = torch.tensor([0.0, 200.0, 1000.0, 6400.0], dtype=torch.float64)
    mels = torch.tensor([0.0, 3.0, 15.0, 42.0], dtype=torch.float64)
    assert torch.allclose(mels_of(hertz), mels)
    assert torch.allclose(hertz_of(mels), hertz)


def test_bands_are_those_of_torchaudio():
    """`torchaudio.functional.melscale_fbanks(129, 30, 8000, 8, 16000, mel_scale="slaney")`, 2.9."""
    bands = mel_bands(LogMelSettings(window_samples=256, mels=8))
    for place, value in (
        ((5, 0), 0.85137), ((10, 1), 0.79314), ((20, 3), 0.53330), ((40, 5), 0.55953),
        ((100, 7), 0.75485),
    ):  # fmt: skip
        assert float(bands[place]) == pytest.approx(value, abs=1e-4)
    sums = [5.3096, 5.3402, 5.9903, 8.0867, 11.3508, 16.0065, 22.5206, 31.7206]
    assert bands.sum(dim=0).tolist() == pytest.approx(sums, abs=1e-3)


def test_bands_that_would_always_be_silent_are_refused():
    with pytest.raises(ValueError, match="narrower than"):
        mel_bands(LogMelSettings(window_samples=256, mels=160))
