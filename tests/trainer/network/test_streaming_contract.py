"""The one forward keeps its promises: chunking, the future, state shapes, gradients."""

import dataclasses

import numpy as np
import pytest
import torch

from tests.support.small_models import CONTEXTS, ENCODERS, small_model, small_settings
from trainer.network.architectures import ContextSettings, build_encoder
from trainer.network.contexts.pitchwise import PitchwiseSettings
from trainer.network.encoders.harmonic import HarmonicSettings
from trainer.network.model import ModelSettings, Transcriber

HOPS = 40
PAIRS = [(encoder, context) for encoder in ENCODERS for context in CONTEXTS]


@pytest.fixture(scope="module", params=PAIRS, ids="-".join)
def model(request) -> Transcriber:
    return small_model(*request.param)


@pytest.fixture(scope="module")
def audio() -> torch.Tensor:
    """Two different noisy recordings, (2, samples)."""
    generator = torch.Generator().manual_seed(1)
    return 0.1 * torch.randn(2, HOPS * 160, generator=generator)


def run_in_chunks(model: Transcriber, audio: torch.Tensor, cuts: list[int]) -> list[torch.Tensor]:
    """Outputs of consecutive calls, joined in time."""
    state = model.initial_state(len(audio))
    pieces = []
    for start, end in zip([0, *cuts], [*cuts, HOPS], strict=True):
        block = audio[:, start * model.hop_samples : end * model.hop_samples]
        activations, spectrum, state = model(block, state)
        pieces.append((*activations, spectrum))
    return [torch.cat(parts, dim=1) for parts in zip(*pieces, strict=True)]


@torch.no_grad()
def assert_cuts_do_not_matter(model, audio, cuts):
    whole = run_in_chunks(model, audio, [])
    for one, other in zip(whole, run_in_chunks(model, audio, cuts), strict=True):
        assert torch.allclose(one, other, atol=2e-5, rtol=0)


@pytest.mark.parametrize("seed", range(2))
def test_random_chunks_equal_the_whole(model, audio, seed):
    rng = np.random.default_rng(seed)
    cuts = sorted(rng.choice(np.arange(1, HOPS), size=rng.integers(1, 12), replace=False).tolist())
    assert_cuts_do_not_matter(model, audio, cuts)


def test_hop_by_hop_equals_the_whole(model, audio):
    assert_cuts_do_not_matter(model, audio, list(range(1, HOPS)))


@pytest.mark.parametrize(("norm", "positions"), [("batch", "absolute"), ("none", "absolute")])
@pytest.mark.parametrize("encoder", ENCODERS[1:])
def test_other_norms_and_positions_stream_in_evaluation(encoder, norm, positions, audio):
    model = small_model(encoder, "transformer", norm=norm, positions=positions)
    model.train()
    model(audio, model.initial_state(2))
    assert_cuts_do_not_matter(model.eval(), audio, [1, 2, 17, 30])


@pytest.mark.parametrize("encoder", ENCODERS[1:])
def test_an_instance_norm_does_not_stream(encoder, audio):
    model = small_model(encoder, "gru", norm="instance")
    with pytest.raises(AssertionError):
        assert_cuts_do_not_matter(model, audio, [17])


@torch.no_grad()
def test_a_memory_of_both_directions_hears_what_comes_after(audio):
    pitchwise = PitchwiseSettings(both_ways=True)
    model = Transcriber(ModelSettings(context=ContextSettings(pitchwise=pitchwise))).eval()
    silenced = audio.clone()
    silenced[:, audio.shape[1] // 2 :] = 0
    one, other = (model(sound, model.initial_state(2))[0].frame for sound in (audio, silenced))
    before = HOPS // 2 - 1
    assert (one[:, before] - other[:, before]).abs().max() > 1e-3


@torch.no_grad()
@pytest.mark.parametrize("due", [1, 17, 39])
def test_the_future_cannot_change_the_past(model, audio, due):
    """A whole crop may hold NaN in a transformer: its masked weights are 0, and 0 * NaN is NaN."""
    attends = "transformer" in type(model.context).__name__.lower()
    poisoned = audio.clone()
    poisoned[:, due * model.hop_samples :] = 50.0 if attends else torch.nan
    clean, _, _ = model(audio, model.initial_state(2))
    dirty, _, _ = model(poisoned, model.initial_state(2))
    for one, other in zip(clean, dirty, strict=True):
        assert torch.equal(one[:, :due], other[:, :due])
        assert not torch.equal(one[:, due], other[:, due])


@torch.no_grad()
@pytest.mark.parametrize("encoder", ENCODERS)
def test_a_frame_depends_on_its_receptive_field_and_no_more(encoder):
    """What `k_min` of contrastive prediction rests on."""
    net = build_encoder(small_settings(encoder).encoder)
    hops = 40
    audio = 0.1 * torch.randn(1, hops * 160, generator=torch.Generator().manual_seed(2))
    state = [torch.zeros(1, *shape) for shape in net.state_shapes().values()]
    last = net(audio, *state)[0][:, -1]
    edge = audio.shape[1] - net.receptive_field
    before, within = audio.clone(), audio.clone()
    before[:, :edge] += 1.0
    within[:, : edge + 1 + net.receptive_field // 40] += 10.0
    assert torch.equal(net(before, *state)[0][:, -1], last)
    assert not torch.equal(net(within, *state)[0][:, -1], last)


def test_state_keeps_names_and_shapes(model, audio):
    state = model.initial_state(2)
    shapes = model.state_shapes()
    assert [tuple(t.shape) for t in state] == [(2, *shape) for shape in shapes.values()]
    _, _, after = model(audio, state)
    assert [t.shape for t in after] == [t.shape for t in state]
    assert all(t.dtype == torch.float32 for t in after)


@pytest.mark.parametrize("encoder", ("harmonic", "logmel"))
def test_initial_state_means_silence_before(encoder):
    model = small_model(encoder)
    silence = torch.zeros(1, 80 * model.hop_samples)
    tone = 0.1 * torch.sin(torch.arange(20 * model.hop_samples) * 0.2)[None]
    alone = model.encode(tone, model.initial_state(1)).spectrum
    after = model.encode(torch.cat([silence, tone], 1), model.initial_state(1)).spectrum[:, 80:]
    assert torch.allclose(alone, after, atol=1e-5)


@pytest.mark.parametrize(("encoder", "context"), [PAIRS[0], ("conv", "transformer")])
def test_gradients_do_not_depend_on_chunking(encoder, context, audio):
    model = small_model(encoder, context).train()
    gradients = []
    for cuts in ([], [7, 8, 23]):
        model.zero_grad()
        sum((part**2).mean() for part in run_in_chunks(model, audio, cuts)[:4]).backward()
        gradients.append([p.grad.clone() for p in model.parameters()])
    for one, other in zip(*gradients, strict=True):
        assert torch.allclose(one, other, atol=1e-5, rtol=1e-3)


def test_widths_that_do_not_fit_are_refused():
    encoder = dataclasses.replace(ModelSettings().encoder, harmonic=HarmonicSettings(channels=8))
    with pytest.raises(ValueError, match="channels"):
        Transcriber(ModelSettings(encoder=encoder))
