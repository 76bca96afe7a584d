"""The one forward keeps its promises: chunking, the future, state shapes, gradients."""

import numpy as np
import pytest
import torch

from trainer.contexts import PitchwiseSettings
from trainer.encoders import HarmonicSettings
from trainer.model import ModelSettings, Transcriber

HOPS = 40


@pytest.fixture(scope="module")
def model() -> Transcriber:
    """A small transcriber with weights that are not symmetric."""
    torch.manual_seed(3)
    settings = ModelSettings(
        encoder=HarmonicSettings(local_channels=4, channels=8),
        context=PitchwiseSettings(channels=8, blocks=2, global_width=6, width=10),
        look_aheads=(2, 4),
    )
    return Transcriber(settings)


@pytest.fixture(scope="module")
def audio(model: Transcriber) -> torch.Tensor:
    """Two different noisy recordings, (2, samples)."""
    generator = torch.Generator().manual_seed(1)
    return 0.1 * torch.randn(2, HOPS * model.hop_samples, generator=generator)


def run_in_chunks(model: Transcriber, audio: torch.Tensor, cuts: list[int]) -> list[torch.Tensor]:
    """Outputs of consecutive calls, joined in time."""
    state = model.initial_state(len(audio))
    pieces = []
    for start, end in zip([0, *cuts], [*cuts, HOPS], strict=True):
        block = audio[:, start * model.hop_samples : end * model.hop_samples]
        activations, spectrum, state = model(block, state)
        pieces.append((*activations, spectrum))
    return [torch.cat(parts, dim=1) for parts in zip(*pieces, strict=True)]


@pytest.mark.parametrize("seed", range(4))
def test_random_chunks_equal_the_whole(model, audio, seed):
    rng = np.random.default_rng(seed)
    cuts = sorted(rng.choice(np.arange(1, HOPS), size=rng.integers(1, 12), replace=False).tolist())
    whole = run_in_chunks(model, audio, [])
    for one, other in zip(whole, run_in_chunks(model, audio, cuts), strict=True):
        assert torch.allclose(one, other, atol=1e-5, rtol=0)


def test_hop_by_hop_equals_the_whole(model, audio):
    whole = run_in_chunks(model, audio, [])
    single = run_in_chunks(model, audio, list(range(1, HOPS)))
    for one, other in zip(whole, single, strict=True):
        assert torch.allclose(one, other, atol=1e-5, rtol=0)


@pytest.mark.parametrize("due", [1, 17, 39])
def test_the_future_cannot_change_the_past(model, audio, due):
    poisoned = audio.clone()
    poisoned[:, due * model.hop_samples :] = torch.nan
    clean, _, _ = model(audio, model.initial_state(2))
    dirty, _, _ = model(poisoned, model.initial_state(2))
    for one, other in zip(clean, dirty, strict=True):
        assert torch.equal(one[:, :due], other[:, :due])
        assert torch.isnan(other[:, due]).any()


def test_state_keeps_names_and_shapes(model, audio):
    state = model.initial_state(2)
    shapes = model.state_shapes()
    assert [tuple(t.shape) for t in state] == [(2, *shape) for shape in shapes.values()]
    _, _, after = model(audio, state)
    assert [t.shape for t in after] == [t.shape for t in state]
    assert all(t.dtype == torch.float32 for t in after)


def test_initial_state_means_silence_before(model):
    silence = torch.zeros(1, 80 * model.hop_samples)
    tone = 0.1 * torch.sin(torch.arange(20 * model.hop_samples) * 0.2)[None]
    alone = model.encoder(tone, *model.initial_state(1)[:2])[1]
    after = model.encoder(torch.cat([silence, tone], 1), *model.initial_state(1)[:2])[1][:, 80:]
    assert torch.allclose(alone, after, atol=1e-5)


def test_gradients_do_not_depend_on_chunking(model, audio):
    gradients = []
    for cuts in ([], [7, 8, 23]):
        model.zero_grad()
        sum((part**2).mean() for part in run_in_chunks(model, audio, cuts)[:4]).backward()
        gradients.append([p.grad.clone() for p in model.parameters()])
    for one, other in zip(*gradients, strict=True):
        assert torch.allclose(one, other, atol=1e-5, rtol=1e-3)


def test_widths_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="channels"):
        Transcriber(ModelSettings(encoder=HarmonicSettings(channels=8)))
