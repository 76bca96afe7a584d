"""Model weights on disk: safetensors, with the architecture as JSON beside the tensors."""

import dataclasses
import json
import threading
import typing
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor
from torch.nn.modules.module import (
    register_module_module_registration_hook,
    register_module_parameter_registration_hook,
)

from realtime.troubles.errors import UserError
from realtime.values.atomic import atomic_write
from realtime.values.files_of_call import note_read
from trainer.network.architectures import modernise
from trainer.network.backbone import Backbone
from trainer.network.class_head import ClassHead
from trainer.network.model import ModelSettings, Transcriber
from trainer.shards.licences import UNKNOWN_LICENCE

BACKBONE_PARTS = ("encoder.", "bridge.", "context.")
"""Beginnings of the names of weights that pretraining and every head share."""
CLASS_HEAD = "class_head."
LARGEST_RATE = 1 << 18
LARGEST_SETTING = 1 << 13
"""Widths and window lengths of a network are smaller, or are those of one of its weights."""
SPARE_PARTS = 256
"""A network has at most so many modules more than four for each of its weights."""
BUNDLED = Path(__file__).resolve().parents[1] / "recipes" / "default.safetensors"
"""Weights of the model that the live transcriber comes with."""
BEST_FIRST = ("best.safetensors", "last.safetensors")


def find_checkpoint(path: Path) -> Path:
    """The file itself, or the best (else the last) weights of a run folder.

    `default` stands for the bundled model, unless a folder or file here has that name.

    Raises:
        UserError: if the folder has none, or the path looks like a list without its brackets.
    """
    if "," in str(path) and not path.exists():
        raise UserError(f"No checkpoint at '{path}'; to join several runs write '[{path}]'.")
    if not path.is_dir():
        return BUNDLED if path == Path("default") and not path.exists() else path
    for name in BEST_FIRST:
        if (path / name).is_file():
            return path / name
    raise UserError(f"No weights in '{path}'; give a run folder of `jtm pretrain` or `jtm train`.")


def save_weights(
    path: Path, weights: dict[str, Tensor], settings: ModelSettings, facts: dict[str, Any]
) -> None:
    """Write weights whole or not at all, with what built them.

    Args:
        path: ends in `.safetensors`.
        weights: a `Transcriber.state_dict()`.
        settings: the architecture.
        facts: anything JSON-serialisable worth keeping: step, hours heard, scores, data.

    Raises:
        OSError: if they cannot be written; what lies at `path` is untouched.
    """
    metadata = {"settings": json.dumps(dataclasses.asdict(settings)), "facts": json.dumps(facts)}
    packed = save({name: value.contiguous() for name, value in weights.items()}, metadata)
    with atomic_write(path, fsync=True) as partial:
        partial.write_bytes(packed)


def read_weights(path: Path) -> tuple[ModelSettings, dict[str, Tensor], dict[str, Any]]:
    """What `save_weights` wrote: architecture, weights and facts; of a pretrained model too.

    Raises:
        UserError: if the file is missing or not ours, or holds weights that are no numbers.
    """
    if not path.is_file():
        raise UserError(f"No checkpoint at '{path}'; train one with `jtm train`.")
    note_read(path)
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        settings = build(ModelSettings, modernise(json.loads(metadata["settings"])))
        longest = max((length for value in weights.values() for length in value.shape), default=0)
        _require_sane(dataclasses.asdict(settings), max(LARGEST_SETTING, longest))
        facts = json.loads(metadata.get("facts", "{}"))
        if not isinstance(facts, dict):
            raise ValueError("its facts are no table")
    except Exception as error:  # whatever the bytes of a stranger's file lead to
        raise _not_ours(path, error) from error
    spoilt = [name for name, value in weights.items() if not torch.isfinite(value).all()]
    if spoilt:
        raise UserError(
            f"'{path}' holds weights that are no numbers ({spoilt[0]}); take a checkpoint of an "
            "earlier step, or train anew with a lower --optimizer.learning-rate."
        )
    return settings, weights, facts


def load_transcriber(path: Path) -> tuple[Transcriber, dict[str, Any]]:
    """A transcriber in evaluation mode with the weights of `save_weights`, and the stored facts.

    Raises:
        UserError: if the file is missing, not ours, does not fit its own architecture or was only
            pretrained.
    """
    settings, weights, facts = read_weights(path)
    if not any(name.startswith("head.") for name in weights):
        raise UserError(
            f"'{path}' is pretrained and has no transcription head; train one with "
            f"`jtm train --init {path}`, or take its features (`jtm features`, `jtm export "
            "--features`)."
        )
    try:
        with _no_larger_than(weights):
            model = Transcriber(settings)
        model.load_state_dict(weights)
    except Exception as error:  # whatever the stored settings lead to
        raise _not_ours(path, error) from error
    return model.eval(), facts


def add_classes(
    path: Path, head: ClassHead, classes: Sequence[str], target: Path, licences: Sequence[str]
) -> None:
    """Write the transcriber of `path` with a class head to `target`; everything else stays.

    Args:
        path: weights of the transcriber.
        head: to add.
        classes: what it tells apart, in order.
        target: file to write.
        licences: of the recordings that the head learned from; they join those of the transcriber.

    Raises:
        UserError: if `path` is no transcriber, or `target` cannot be written.
    """
    model, facts = load_transcriber(path)
    settings = dataclasses.replace(model.settings, classes=tuple(classes), class_head=head.settings)
    weights = {n: v for n, v in model.state_dict().items() if not n.startswith(CLASS_HEAD)}
    weights |= {CLASS_HEAD + name: value for name, value in head.state_dict().items()}
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        known = {*facts.get("licences", [UNKNOWN_LICENCE]), *licences}
        save_weights(target, weights, settings, facts | {"licences": sorted(known)})
    except OSError as error:
        raise UserError(f"Cannot write '{target}' ({error.strerror}); choose another.") from error


def load_backbone(path: Path) -> tuple[Backbone, dict[str, Any]]:
    """Encoder and context of a pretrained or a trained checkpoint, in evaluation mode, and facts.

    Raises:
        UserError: as `load_transcriber`, except that a head is not asked for.
    """
    settings, weights, facts = read_weights(path)
    parts = {name: value for name, value in weights.items() if name.startswith(BACKBONE_PARTS)}
    try:
        with _no_larger_than(parts):
            model = Backbone(settings.encoder, settings.context, settings.joined)
        model.load_state_dict(parts)
    except Exception as error:  # whatever the stored settings lead to
        raise _not_ours(path, error) from error
    return model.eval(), facts


def _require_sane(settings: Any, largest: float) -> None:
    """Refuse sizes that no network with these weights has, before memory is asked for them."""
    if isinstance(settings, dict):
        for name, value in settings.items():
            _require_sane(value, LARGEST_RATE if name == "sample_rate" else largest)
    elif isinstance(settings, list | tuple):
        for value in settings:
            _require_sane(value, largest)
    elif isinstance(settings, int | float) and not abs(settings) <= largest:
        raise ValueError(f"a setting of {settings:g} is absurd")


@contextmanager
def _no_larger_than(weights: dict[str, Tensor]) -> Iterator[None]:
    """Build a network that these weights are for: the first part that is too many is refused.

    Settings of a stranger may ask for a hundred thousand layers, which is found out only when they
    are compared with the weights, hours later.

    Raises:
        ValueError: in the block, if it builds a network with more parts or larger ones.
    """
    modules = SPARE_PARTS + 4 * len(weights)
    numbers = sum(value.numel() for value in weights.values())
    thread = threading.get_ident()

    def count_module(*_: Any) -> None:
        nonlocal modules
        modules -= threading.get_ident() == thread
        if modules < 0:
            raise ValueError("its settings have more parts than its weights")

    def count_numbers(_module: torch.nn.Module, _name: str, value: Tensor | None) -> None:
        nonlocal numbers
        if value is not None and threading.get_ident() == thread:
            numbers -= value.numel()
        if numbers < 0:
            raise ValueError("its settings describe a larger network than its weights")

    hooks = [
        register_module_module_registration_hook(count_module),
        register_module_parameter_registration_hook(count_numbers),
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _not_ours(path: Path, error: Exception) -> UserError:
    why = (str(error).splitlines() or ["it is damaged"])[0][:200]
    return UserError(
        f"'{path}' is not a checkpoint of this trainer ({why}); give the "
        ".safetensors file that `jtm train` writes into its run folder."
    )


def build(kind: type, values: dict[str, Any]) -> Any:
    """A (nested) settings dataclass from `dataclasses.asdict` that went through JSON."""
    arguments = {}
    for field in dataclasses.fields(kind):
        if field.name not in values:
            continue
        value = values[field.name]
        if dataclasses.is_dataclass(field.type) and isinstance(value, dict):
            value = build(typing.cast(type, field.type), value)
        elif isinstance(value, list):
            inner = (*typing.get_args(field.type), None)[0]
            nested = dataclasses.is_dataclass(inner)
            value = tuple(build(inner, item) if nested else item for item in value)
        arguments[field.name] = value
    unknown = set(values) - set(arguments)
    if unknown:
        raise ValueError(f"unknown settings {sorted(unknown)}")
    return kind(**arguments)


def trained_state(model: torch.nn.Module) -> dict[str, Tensor]:
    """Detached copies of everything that changes in training, by name.

    That is parameters and floating-point buffers, such as the statistics of batch norms.
    """
    return {name: value.clone() for name, value in _changing(model)}


@torch.no_grad()
def move_average(
    average: dict[str, Tensor], model: torch.nn.Module, decay: float, step: int
) -> None:
    """Move an average of `trained_state` towards the present one; faster in the first steps.

    Args:
        average: changed in place.
        model: being trained.
        decay: share of the average that stays, 0-1.
        step: number of steps since the start of the run.
    """
    decay = min(decay, (1 + step) / (10 + step))
    for name, value in _changing(model):
        average[name].lerp_(value, 1 - decay)


def _changing(model: torch.nn.Module) -> list[tuple[str, Tensor]]:
    state = model.state_dict()
    return [(name, value) for name, value in state.items() if value.is_floating_point()]


def inherited_licences(init: str | Sequence[str]) -> list[str]:
    """Licences of what the weights of `--init` learned from; none where training begins anew.

    Args:
        init: run folder or .safetensors, several of them, or "".
    """
    runs = [init] if isinstance(init, str) else init
    found = [read_weights(find_checkpoint(Path(run)))[2] for run in runs if run]
    return [one for facts in found for one in facts.get("licences", [UNKNOWN_LICENCE])]
