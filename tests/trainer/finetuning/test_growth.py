"""`jtm train --grow`: a trained network inside a larger one, which first answers alike."""

from dataclasses import replace

import pytest
import torch

from realtime.troubles.errors import UserError
from tests.support.small_models import small_model
from trainer.finetuning.growth import grow
from trainer.finetuning.initialise import initialise_backbone, load_parts
from trainer.finetuning.settings import InitSettings
from trainer.network.architectures import ContextSettings
from trainer.network.model import Transcriber
from trainer.runs.checkpoints import save_weights


def test_a_grown_network_first_answers_as_the_smaller_one(tmp_path):
    small = small_model()
    save_weights(tmp_path / "small.safetensors", small.state_dict(), small.settings, {})
    pitchwise = replace(
        small.settings.context.pitchwise, blocks=4, harmonics=(-12, 0, 19), harmonic_channels=3
    )
    larger = replace(small.settings, context=ContextSettings(pitchwise=pitchwise))
    init = InitSettings(init=str(tmp_path / "small.safetensors"), keep_head=True, grow=True)
    settings, weights = initialise_backbone(larger, init)
    grown = Transcriber(settings)
    load_parts(grown, weights)
    audio = 0.1 * torch.randn(2, 20 * 160, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        before = small(audio, small.initial_state(2))[0]
        after = grown.eval()(audio, grown.initial_state(2))[0]
    assert settings == larger
    assert all(torch.equal(one, other) for one, other in zip(before, after, strict=True))


def test_what_was_added_learns(tmp_path):
    small = small_model()
    pitchwise = replace(small.settings.context.pitchwise, blocks=3, harmonics=(-12, 0, 19))
    larger = replace(small.settings, context=ContextSettings(pitchwise=pitchwise))
    weights, added = grow(larger, small.state_dict())
    assert added == ["context.blocks.2", "context.harmonic.0", "context.harmonic.1"]
    grown = Transcriber(larger)
    load_parts(grown, weights)
    optimizer = torch.optim.SGD(grown.parameters(), lr=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        audio = 0.1 * torch.randn(1, 20 * 160)
        grown(audio, grown.initial_state(1))[0].onset.square().mean().backward()
        optimizer.step()
    for name in added:
        layer = grown.get_submodule(name)
        assert all(weight.grad is not None for weight in layer.parameters()), name
        assert any(weight.grad.abs().max() > 0 for weight in layer.parameters()), name


def test_a_network_that_does_not_fit_is_not_grown():
    small = small_model()
    wider = replace(small.settings, head_hidden=50)
    with pytest.raises(UserError, match="widths must stay"):
        grow(wider, small.state_dict())
    named = replace(small.settings, instruments=("flute", "piano"))
    with pytest.raises(UserError, match="would change"):
        grow(named, small.state_dict())
