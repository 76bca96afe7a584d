"""Does the network of a checkpoint fit what the options ask for?"""

import dataclasses
import sys
from collections.abc import Collection
from typing import Any

import torch

from realtime.troubles.errors import UsageError
from trainer.network.model import ModelSettings
from trainer.runs.checkpoints import BACKBONE_PARTS
from trainer.runs.machine import is_first_process

SHARED = {"gru": "recurrent", "lstm": "recurrent", "rnn": "recurrent"}
"""Kind of context -> the settings that count for it, where they are called otherwise."""


def require_architecture(
    command: str,
    run: str,
    wanted: ModelSettings,
    found: ModelSettings,
    context: bool = True,
    named: Collection[str] = (),
) -> None:
    """Refuse a checkpoint of another network than the options or their recipe ask for.

    What was left as it is by default asks for nothing, unless the command line names it: the
    checkpoint decides.

    Args:
        command: name of the subcommand.
        run: as it was named.
        wanted: the options.
        found: of the checkpoint.
        context: whether its context is taken over too.
        named: options of the command line, such as model.encoder.kind.

    Raises:
        UserError: naming the first option that differs.
    """
    if found.joined:
        return
    for part in ("encoder", "context") if context else ("encoder",):
        asked, has = getattr(wanted, part), getattr(found, part)
        if asked == type(asked)():
            name = _named_difference(asked, has, named, f"model.{part}.")
        else:
            name = first_difference(asked, has)
        if name:
            values = (value_of(asked, name), value_of(has, name))
            raise UsageError(
                f"--init '{run}' is another network than the options ask for: "
                f"--model.{part}.{name} "
                f"is {values[1]} there and {values[0]} here. Leave those options out, since the "
                f"checkpoint decides, or give a checkpoint of that network to `jtm {command}`."
            )


def first_difference(wanted: Any, found: Any) -> str:
    """The first setting, with dots, that two encoders or contexts differ in; "" for none.

    Only the settings of the kind that is chosen count.
    """
    if wanted.kind != found.kind:
        return "kind"
    name = SHARED.get(wanted.kind, wanted.kind)
    if not hasattr(wanted, name):
        return ""
    inside = _differing(getattr(wanted, name), getattr(found, name))
    return f"{name}.{inside}" if inside else ""


def _differing(wanted: Any, found: Any) -> str:
    for field in dataclasses.fields(wanted):
        one, other = getattr(wanted, field.name), getattr(found, field.name)
        if dataclasses.is_dataclass(one):
            inside = _differing(one, other)
            if inside:
                return f"{field.name}.{inside}"
        elif one != other:
            return field.name
    return ""


def _named_difference(wanted: Any, found: Any, named: Collection[str], before: str) -> str:
    """The first setting of those that are named in which two networks differ; "" for none."""
    inside = [name.removeprefix(before) for name in sorted(named) if name.startswith(before)]
    known = [name for name in inside if _has(wanted, name)]
    return next((n for n in known if value_of(wanted, n) != value_of(found, n)), "")


def _has(settings: Any, name: str) -> bool:
    for word in name.split("."):
        if not hasattr(settings, word):
            return False
        settings = getattr(settings, word)
    return True


def value_of(settings: Any, name: str) -> Any:
    """What a setting is, by its name with dots."""
    for word in name.split("."):
        settings = getattr(settings, word)
    return settings


def print_architecture(
    command: str, run: str, settings: ModelSettings, weights: dict[str, torch.Tensor]
) -> None:
    """Say on stderr which network a checkpoint brings, and how large it is."""
    if not is_first_process():
        return
    count = sum(value.numel() for n, value in weights.items() if n.startswith(BACKBONE_PARTS))
    kinds = f"{settings.encoder.kind} encoder, {settings.context.kind} context"
    told = "joined networks" if settings.joined else kinds
    print(f"jtm {command}: --init '{run}' brings {told}, {count:,} weights", file=sys.stderr)
