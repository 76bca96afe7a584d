"""Cepstral coefficients: the DCT that everyone means, streamed like any encoder."""

import numpy as np
import pytest
import scipy.fft
import torch

from trainer.network.encoders.logmel import LogMelEncoder, LogMelSettings

SETTINGS = LogMelSettings(mels=40, coefficients=13, channels=13, layers=0)


def test_coefficients_are_the_orthonormal_dct_of_the_bands():
    encoder = LogMelEncoder(SETTINGS)
    audio = 0.1 * torch.randn(1, 1600, generator=torch.Generator().manual_seed(1))
    found, bands, _ = encoder(audio, torch.zeros(1, encoder.tail_samples))
    wanted = scipy.fft.dct(bands.numpy(), norm="ortho")[..., :13]
    np.testing.assert_allclose(found.numpy(), wanted, atol=1e-5)


def test_hop_by_hop_is_the_same():
    encoder = LogMelEncoder(LogMelSettings(mels=40, coefficients=13, channels=8)).eval()
    audio = 0.1 * torch.randn(1, 1600, generator=torch.Generator().manual_seed(1))
    zeros = [torch.zeros(1, *shape) for shape in encoder.state_shapes().values()]
    with torch.no_grad():
        whole = encoder(audio, *zeros)[0]
        state, frames = zeros, []
        for hop in audio.split(160, dim=1):
            frame, _, *state = encoder(hop, *state)
            frames.append(frame)
    torch.testing.assert_close(torch.cat(frames, dim=1), whole, atol=1e-5, rtol=0)


def test_more_coefficients_than_bands_are_refused():
    with pytest.raises(ValueError, match="need as many mel bands"):
        LogMelEncoder(LogMelSettings(mels=12, coefficients=13))
