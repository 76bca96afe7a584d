"""Encoders and contexts by name, and what each can be set to."""

import sys
from dataclasses import dataclass
from typing import Any, Literal

from torch import nn

from realtime.inference.spec import PITCHES
from trainer.network.contexts.pitchwise import PitchwiseContext, PitchwiseSettings
from trainer.network.contexts.recurrent import RecurrentContext, RecurrentSettings
from trainer.network.contexts.transformer import TransformerContext, TransformerSettings
from trainer.network.encoders.conv import ConvEncoder, ConvSettings
from trainer.network.encoders.harmonic import HarmonicEncoder, HarmonicSettings
from trainer.network.encoders.logmel import LogMelEncoder, LogMelSettings
from trainer.network.encoders.sinc import SincEncoder, SincSettings
from trainer.network.layers.bridge import NoContext, RowsToVector, VectorToRows
from trainer.network.layers.parts import Context, Encoder

EncoderKind = Literal["harmonic", "conv", "sinc", "logmel"]
ContextKind = Literal["pitchwise", "gru", "lstm", "rnn", "transformer", "none"]

ENCODERS: dict[str, type[Encoder]] = {
    "harmonic": HarmonicEncoder,
    "conv": ConvEncoder,
    "sinc": SincEncoder,
    "logmel": LogMelEncoder,
}


@dataclass(frozen=True)
class EncoderSettings:
    """Which encoder, and the settings of each; only those of `kind` count."""

    kind: EncoderKind = "harmonic"
    """harmonic: a semitone spectrum whose harmonics are gathered; conv: strided convolutions of the
    samples; sinc: learned band-pass filters; logmel: mel bands."""
    harmonic: HarmonicSettings = HarmonicSettings()
    conv: ConvSettings = ConvSettings()
    sinc: SincSettings = SincSettings()
    logmel: LogMelSettings = LogMelSettings()


@dataclass(frozen=True)
class ContextSettings:
    """Which context, and the settings of each; only those of `kind` count."""

    kind: ContextKind = "pitchwise"
    """pitchwise: a net that all pitches share; gru, lstm, rnn and transformer: one vector a frame;
    none puts the head directly on the encoder."""
    pitchwise: PitchwiseSettings = PitchwiseSettings()
    recurrent: RecurrentSettings = RecurrentSettings()
    """Settings of the contexts gru, lstm and rnn."""
    transformer: TransformerSettings = TransformerSettings()


@dataclass(frozen=True)
class BackboneSettings:
    """One of several networks whose features are joined."""

    encoder: EncoderSettings = EncoderSettings()
    context: ContextSettings = ContextSettings()


def build_encoder(settings: EncoderSettings) -> Encoder:
    """The encoder that the settings name."""
    return ENCODERS[settings.kind](getattr(settings, settings.kind))


def build_context(settings: ContextSettings, rows: int, width: int) -> tuple[nn.Module, Context]:
    """The context that the settings name, and the bridge to it from an encoder's layout.

    Args:
        settings: of the context.
        rows: pitch rows of the encoder, 0 for none.
        width: features of the encoder.

    Raises:
        ValueError: if the encoder's features do not fit the context.
    """
    if settings.kind == "none":
        return nn.Identity(), NoContext(rows, width)
    if settings.kind == "pitchwise":
        channels = settings.pitchwise.channels
        if not rows:
            return VectorToRows(width, PITCHES, channels), PitchwiseContext(settings.pitchwise)
        if width != channels:
            raise ValueError("encoder.harmonic.channels and context.pitchwise.channels differ")
        return nn.Identity(), PitchwiseContext(settings.pitchwise)
    chosen = settings.transformer if settings.kind == "transformer" else settings.recurrent
    bridge: nn.Module = nn.Identity()
    if rows:
        bridge, width = RowsToVector(rows, width, chosen.width), chosen.width
    if settings.kind == "transformer":
        return bridge, TransformerContext(width, settings.transformer)
    return bridge, RecurrentContext(settings.kind, width, settings.recurrent)


def encoder_with_future(network: nn.Module) -> str:
    """Kind of the first encoder in `network` with a layer that cannot stream; empty if all can."""
    for layer in network.modules():
        for kind, encoder in ENCODERS.items():
            if isinstance(layer, encoder) and not all(
                getattr(part, "streams", True) for part in layer.modules()
            ):
                return kind
    return ""


def warn_of_future(network: nn.Module) -> None:
    """Say on stderr, before hours are spent, that a network will never be played live."""
    kind = encoder_with_future(network)
    if kind:
        print(
            "jtm: norm 'instance' needs the future: this network cannot be exported for live use; "
            f"choose --model.encoder.{kind}.norm channel for that",
            file=sys.stderr,
        )
    if any(isinstance(layer, nn.RNNBase) and layer.bidirectional for layer in network.modules()):
        print(
            "jtm: a memory of both directions needs the future: this network cannot be exported "
            "for live use; choose --model.context.pitchwise.both_ways false for that",
            file=sys.stderr,
        )


def modernise(settings: dict[str, Any]) -> dict[str, Any]:
    """Model settings of any age as JSON -> today's layout.

    The first checkpoints knew the harmonic encoder and the pitch-wise context only, and held their
    settings without a `kind`; the first class heads had `hidden` units, which nothing shipped has.
    """
    settings = dict(settings)
    if "class_head" in settings:
        head = settings["class_head"].items()
        settings["class_head"] = {name: value for name, value in head if name != "hidden"}
    for part, kind in (("encoder", "harmonic"), ("context", "pitchwise")):
        if part in settings and "kind" not in settings[part]:
            settings[part] = {"kind": kind, kind: settings[part]}
    return settings
