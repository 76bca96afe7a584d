"""Model weights on disk: safetensors, with the architecture as JSON beside the tensors."""

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from realtime.errors import UserError
from trainer.architectures import modernise
from trainer.model import ModelSettings, Transcriber

WEIGHTS_SUFFIX = ".safetensors"


def save_weights(
    path: Path, weights: dict[str, Tensor], settings: ModelSettings, facts: dict[str, Any]
) -> None:
    """Write weights atomically, with what built them.

    Args:
        path: ends in `.safetensors`.
        weights: a `Transcriber.state_dict()`.
        settings: the architecture.
        facts: anything JSON-serialisable worth keeping: step, hours heard, scores, data.
    """
    metadata = {"settings": json.dumps(dataclasses.asdict(settings)), "facts": json.dumps(facts)}
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    save_file({name: value.contiguous() for name, value in weights.items()}, temporary, metadata)
    os.replace(temporary, path)


def load_transcriber(path: Path) -> tuple[Transcriber, dict[str, Any]]:
    """A transcriber in evaluation mode with the weights of `save_weights`, and the stored facts.

    Raises:
        UserError: if the file is missing, not ours, or does not fit its own architecture.
    """
    if not path.is_file():
        raise UserError(f"No checkpoint at '{path}'; train one with `jtm train`.")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        settings = build(ModelSettings, modernise(json.loads(metadata["settings"])))
        model = Transcriber(settings)
        model.load_state_dict(weights)
    except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(
            f"'{path}' is not a checkpoint of this trainer ({reason}); give the .safetensors file "
            "that `jtm train` writes into its run folder."
        ) from error
    return model.eval(), json.loads(metadata.get("facts", "{}"))


def build(kind: type, values: dict[str, Any]) -> Any:
    """A (nested) settings dataclass from `dataclasses.asdict` that went through JSON."""
    arguments = {}
    for field in dataclasses.fields(kind):
        if field.name not in values:
            continue
        value = values[field.name]
        if dataclasses.is_dataclass(field.type) and isinstance(value, dict):
            value = build(field.type, value)
        elif isinstance(value, list):
            value = tuple(value)
        arguments[field.name] = value
    unknown = set(values) - set(arguments)
    if unknown:
        raise ValueError(f"unknown settings {sorted(unknown)}")
    return kind(**arguments)


def trainable_weights(model: torch.nn.Module) -> dict[str, Tensor]:
    """Detached copies of everything that changes in training, by name."""
    return {name: value.detach().clone() for name, value in model.named_parameters()}
