"""Starting a transcriber from a pretrained checkpoint: which weights, and when they may change."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from realtime.troubles.errors import UsageError, UserError
from trainer.finetuning.growth import grow
from trainer.finetuning.settings import InitSettings
from trainer.network.architectures import BackboneSettings
from trainer.network.backbone import Backbone
from trainer.network.model import ModelSettings, Transcriber
from trainer.runs.architecture import warn_of_reverse
from trainer.runs.checkpoints import (
    BACKBONE_PARTS,
    CLASS_HEAD,
    find_checkpoint,
    load_transcriber,
    read_weights,
)
from trainer.runs.machine import is_first_process

NEW_PARTS = ("head.", "instrument_head.", "class_head.")
"""What no checkpoint brings: heads begin anew."""


def initialise_backbone(
    model: ModelSettings, init: InitSettings
) -> tuple[ModelSettings, dict[str, Any]]:
    """The model with the checkpoint's encoder and context, and the weights of those parts.

    Raises:
        UserError: if the options contradict each other or the checkpoint cannot be read.
    """
    if init.freeze_steps and init.freeze == "none":
        raise UsageError(
            f"--freeze-steps {init.freeze_steps} says when frozen parts are trained too, and none "
            "are frozen; give --freeze encoder or --freeze all, or --freeze-steps 0."
        )
    if not init.init:
        if init.freeze != "none":
            raise UsageError(
                "--freeze without --init would freeze random weights; give --init RUN."
            )
        if init.keep_head:
            raise UsageError("--keep-head without --init has no head to keep; give --init RUN.")
        if init.grow:
            raise UsageError("--grow without --init has nothing to grow; give --init RUN.")
        return model, {}
    if init.grow and not init.keep_head:
        raise UsageError("--grow goes on with a whole transcriber; add --keep-head.")
    runs = [init.init] if isinstance(init.init, str) else init.init
    if init.keep_head:
        return initialise_whole(model, runs, init)
    found = [read_backbone(run, init) for run in runs]
    settings, weights = found[0]
    if len(found) == 1:
        return replace(
            model,
            encoder=settings.encoder,
            context=settings.context,
            joined=settings.joined,
        ), weights
    if any(part.joined for part, _ in found):
        raise UsageError("--init cannot join networks that are joined already; name their parts.")
    parts = tuple(BackboneSettings(part.encoder, part.context) for part, _ in found)
    none = replace(settings.context, kind="none")
    try:
        Backbone(settings.encoder, none, parts)
    except ValueError as error:
        raise UsageError(f"--init cannot join {' and '.join(runs)}: {error}.") from error
    joined = {
        f"encoder.parts.{i}.{name}": value
        for i, (_, own) in enumerate(found)
        for name, value in own.items()
    }
    return replace(model, encoder=settings.encoder, context=none, joined=parts), joined


def initialise_whole(
    model: ModelSettings, runs: list[str], init: InitSettings
) -> tuple[ModelSettings, dict[str, Any]]:
    """Settings and weights of a trained transcriber, its heads included, grown where that is asked.

    Args:
        model: the network that `--grow` builds; else it is that of the checkpoint.
        runs: one run, by name.
        init: the options.

    Raises:
        UserError: if that is more than one run, a head of another kind is asked for, or the
            checkpoint was only pretrained.
    """
    if len(runs) > 1 or init.head_on == "encoder":
        raise UsageError(
            "--keep-head goes on with one whole transcriber; leave out --head-on and name one run."
        )
    path = find_checkpoint(Path(runs[0]))
    transcriber, _ = load_transcriber(path)
    weights = {
        name: value
        for name, value in transcriber.state_dict().items()
        if not name.startswith(CLASS_HEAD)
    }
    if transcriber.settings.classes and is_first_process():
        print(
            f"jtm: the class head of '{path}' is left out, since what it reads changes here; train "
            "it again with `jtm classify --keep`",
            file=sys.stderr,
        )
    if not init.grow:
        return replace(transcriber.settings, classes=()), weights
    grown, added = grow(model, weights)
    if is_first_process():
        count = sum(grown[name].numel() for name in grown.keys() - weights.keys())
        print(f"jtm: '{path}' grown by {', '.join(added)} ({count} weights)", file=sys.stderr)
    return model, grown


def read_backbone(run: str, init: InitSettings) -> tuple[ModelSettings, dict[str, Any]]:
    """Settings and weights of what the head is to listen to in one run."""
    settings, weights, facts = read_weights(find_checkpoint(Path(run)))
    parts: tuple[str, ...] = BACKBONE_PARTS
    if init.head_on == "context":
        warn_of_reverse(run, facts)
    if init.head_on == "encoder":
        settings = replace(settings, context=replace(settings.context, kind="none"))
        parts = ("encoder.",)
    return settings, {n: value for n, value in weights.items() if n.startswith(parts)}


def load_parts(network: Transcriber, weights: dict[str, Any]) -> None:
    """Put pretrained weights in their places; a head that is not among them stays new.

    Raises:
        UserError: if a weight of those parts is missing from the checkpoint.
    """
    if not weights:
        return
    found = network.load_state_dict(weights, strict=False)
    missing = [name for name in found.missing_keys if not name.startswith(NEW_PARTS)]
    if missing or found.unexpected_keys:
        raise UserError(
            f"The checkpoint of --init has no '{(missing or found.unexpected_keys)[0]}'; "
            "it was made by another version."
        )
