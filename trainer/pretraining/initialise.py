"""Starting contrastive pretraining from a checkpoint: other music, another schedule."""

import sys
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from torch import Tensor

from realtime.troubles.errors import UserError
from trainer.network.model import ModelSettings
from trainer.pretraining.cpc import ContrastiveModel
from trainer.runs.architecture import print_architecture, require_architecture
from trainer.runs.checkpoints import BACKBONE_PARTS, find_checkpoint, read_weights
from trainer.runs.machine import is_first_process

CRITERION = ("target.", "present.", "predictor.")
"""Beginnings of the names of weights that only predictions need."""


def initialise_backbone(
    model: ModelSettings, init: str, named: Collection[str] = ()
) -> tuple[ModelSettings, dict[str, Tensor]]:
    """The model with the checkpoint's encoder and context, and the checkpoint's weights.

    Args:
        model: the options.
        init: run folder or .safetensors of `jtm pretrain` or `jtm train`, `default`, or "".
        named: options of the command line, such as model.encoder.kind.

    Raises:
        UserError: if it cannot be read, is of another network than the options ask for, or joins
            several networks.
    """
    if not init:
        return model, {}
    settings, weights, _ = read_weights(find_checkpoint(Path(init)))
    if settings.joined:
        raise UserError(
            f"--init '{init}' joins several networks; pretrain one of those that it was made of."
        )
    require_architecture("pretrain", init, model, settings, named)
    print_architecture("pretrain", init, settings, weights)
    return replace(model, encoder=settings.encoder, context=settings.context), weights


def load(network: ContrastiveModel, weights: dict[str, Tensor], init: str) -> None:
    """Put a checkpoint's weights in their places.

    What makes predictions is taken over whole or begins anew, which is said on stderr.

    Raises:
        UserError: if a weight of encoder or context is missing.
    """
    own = network.state_dict()
    criterion = {n: v for n, v in weights.items() if n.startswith(CRITERION)}
    wanted = {n: v.shape for n, v in own.items() if n.startswith(CRITERION)}
    if {n: v.shape for n, v in criterion.items()} != wanted:
        criterion = {}
        if is_first_process():
            print(
                "jtm pretrain: the predictor begins anew; --init has none for these --cpc options",
                file=sys.stderr,
            )
    backbone = {n: v for n, v in weights.items() if n.startswith(BACKBONE_PARTS)}
    found = network.load_state_dict(backbone | criterion, strict=False)
    missing = [name for name in found.missing_keys if name.startswith(BACKBONE_PARTS)]
    if missing or found.unexpected_keys:
        raise UserError(
            f"--init '{init}' has no '{(missing or found.unexpected_keys)[0]}'; it was made by "
            "another version."
        )
