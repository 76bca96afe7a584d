"""Small transcribers of every encoder and context, with weights that are not symmetric."""

from typing import get_args

import torch

from trainer.network.architectures import (
    ContextKind,
    ContextSettings,
    EncoderKind,
    EncoderSettings,
)
from trainer.network.contexts.pitchwise import PitchwiseSettings
from trainer.network.contexts.recurrent import RecurrentSettings
from trainer.network.contexts.transformer import TransformerSettings
from trainer.network.encoders.conv import ConvSettings
from trainer.network.encoders.harmonic import HarmonicSettings
from trainer.network.encoders.logmel import LogMelSettings
from trainer.network.encoders.sinc import SincSettings
from trainer.network.layers.norms import NormKind
from trainer.network.model import ModelSettings, Transcriber

ENCODERS: tuple[str, ...] = get_args(EncoderKind)
CONTEXTS: tuple[str, ...] = get_args(ContextKind)
"""All that there are, so that the tests of streaming run over a new one by themselves."""


def small_settings(
    encoder: str = "harmonic",
    context: str = "pitchwise",
    norm: NormKind = "channel",
    positions: str = "relative",
) -> ModelSettings:
    """Settings of a model of a few thousand weights."""
    return ModelSettings(
        encoder=EncoderSettings(
            kind=encoder,
            harmonic=HarmonicSettings(local_channels=4, channels=8, attack_cycles=8),
            conv=ConvSettings(channels=12, norm=norm),
            sinc=SincSettings(filters=24, cycles=12.0, channels=12, norm=norm),
            logmel=LogMelSettings(mels=24, channels=12, norm=norm),
        ),
        context=ContextSettings(
            kind=context,
            pitchwise=PitchwiseSettings(channels=8, global_width=6, width=10, levels=True),
            recurrent=RecurrentSettings(width=10, layers=2),
            transformer=TransformerSettings(
                width=16, heads=2, feedforward=20, window=9, positions=positions
            ),
        ),
        look_aheads=(2, 4),
        default_look_ahead=4,
    )


def small_model(encoder: str = "harmonic", context: str = "pitchwise", **words) -> Transcriber:
    """The model in evaluation mode."""
    torch.manual_seed(3)
    return Transcriber(small_settings(encoder, context, **words)).eval()
