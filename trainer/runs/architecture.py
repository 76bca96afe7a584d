"""Does the network of a checkpoint fit what the options ask for?"""

import dataclasses
import sys
from collections.abc import Collection, Iterator
from typing import Any

import torch

from realtime.troubles.errors import UsageError
from trainer.network.model import ModelSettings
from trainer.runs.checkpoints import BACKBONE_PARTS
from trainer.runs.machine import is_first_process

SHARED = {"gru": "recurrent", "lstm": "recurrent", "rnn": "recurrent"}
"""Kind of context -> the settings that count for it, where they are called otherwise."""
HEAD = ("head_hidden", "look_aheads", "default_look_ahead", "instruments")
"""Settings of the heads, which a whole transcriber brings along."""


def require_architecture(
    command: str,
    run: str,
    wanted: ModelSettings,
    found: ModelSettings,
    named: Collection[str] = (),
    *,
    context: bool = True,
    head: bool = False,
) -> None:
    """Refuse a checkpoint of another network than the options or their recipe ask for.

    What was left as it is by default asks for nothing, unless the command line names it: the
    checkpoint decides.

    Args:
        command: name of the subcommand.
        run: as it was named.
        wanted: the options.
        found: of the checkpoint, or of the networks that are joined.
        named: options of the command line, such as model.encoder.kind.
        context: whether its context is taken over too; else options that name one are refused.
        head: whether its head is taken over too.

    Raises:
        UserError: naming the first option that differs.
    """
    if found.joined and wanted.joined == found.joined:  # a resumed run, which keeps its settings
        return
    name = ""
    for part in ("encoder", "context"):
        whole = context or part == "encoder"
        name = name or _part_difference(part, wanted, found, named, whole)
    if head:
        default = ModelSettings()
        asked = (n for n in HEAD if f"model.{n}" in named or _of(wanted, n) != _of(default, n))
        name = name or next((n for n in asked if _of(wanted, n) != _of(found, n)), "")
    if name:
        there = "several networks" if found.joined else _of(found, name)
        if name.startswith("context.") and not context:
            there = "left out (--head-on encoder)"
        raise UsageError(
            f"--init '{run}' is another network than the options ask for: --model.{name} "
            f"is {there} there and {_of(wanted, name)} here. Leave those options out, since the "
            f"checkpoint decides, or give a checkpoint of that network to `jtm {command}`."
        )


def _part_difference(
    part: str, wanted: ModelSettings, found: ModelSettings, named: Collection[str], whole: bool
) -> str:
    """The first option of encoder or context in which a checkpoint is not as asked; "" for none.

    What the command line names comes first. Where there is more that is not as by default, a recipe
    asks for a `whole` network.
    """
    asked, has = getattr(wanted, part), getattr(found, part)
    before = f"model.{part}."
    own = [name.removeprefix(before) for name in sorted(named) if name.startswith(before)]
    own = [name for name in own if _has(asked, name)]
    set_otherwise = whole and set(_differences(asked, type(asked)())) - set(own)
    if found.joined:
        return f"{part}.{own[0] if own else 'kind'}" if own or set_otherwise else ""
    heard = [name for name in own if _counts(name, has.kind)]
    name = next((n for n in heard if _of(asked, n) != _of(has, n)), "")
    if not name and set_otherwise:
        name = first_difference(asked, has)
    return f"{part}.{name}" if name else ""


def _counts(name: str, kind: str) -> bool:
    """Is a setting one of the kind of encoder or context, or of all kinds?"""
    return "." not in name or name.partition(".")[0] == SHARED.get(kind, kind)


def first_difference(wanted: Any, found: Any) -> str:
    """The first setting, with dots, that two encoders or contexts differ in; "" for none.

    Only the settings of the kind that is chosen count.
    """
    if wanted.kind != found.kind:
        return "kind"
    return next((n for n in _differences(wanted, found) if _counts(n, wanted.kind)), "")


def _differences(wanted: Any, found: Any, before: str = "") -> Iterator[str]:
    """Names, with dots, of the settings that two dataclasses differ in, in order."""
    for field in dataclasses.fields(wanted):
        one, other = getattr(wanted, field.name), getattr(found, field.name)
        if dataclasses.is_dataclass(one):
            yield from _differences(one, other, f"{before}{field.name}.")
        elif one != other:
            yield before + field.name


def _has(settings: Any, name: str) -> bool:
    for word in name.split("."):
        if not hasattr(settings, word):
            return False
        settings = getattr(settings, word)
    return True


def _of(settings: Any, name: str) -> Any:
    """What a setting is, by its name with dots."""
    for word in name.split("."):
        settings = getattr(settings, word)
    return settings


def print_architecture(
    command: str,
    run: str,
    settings: ModelSettings,
    weights: dict[str, torch.Tensor],
    head: bool = False,
) -> None:
    """Say on stderr which network a checkpoint brings, whether with its head, and how large."""
    if not is_first_process():
        return
    count = sum(value.numel() for n, value in weights.items() if n.startswith(BACKBONE_PARTS))
    kinds = f"{settings.encoder.kind} encoder, {settings.context.kind} context"
    told = "joined networks" if settings.joined else kinds
    ahead = ", ".join(map(str, settings.look_aheads))
    kept = f", and its head for look-aheads of {ahead} frames" if head else ""
    print(f"jtm {command}: --init '{run}' brings {told}, {count:,} weights{kept}", file=sys.stderr)


def warn_of_reverse(run: str, facts: dict[str, Any]) -> None:
    """Say on stderr that a context which is to run forwards has learned to run backwards.

    Args:
        run: as it was named.
        facts: of its checkpoint.
    """
    if facts.get("reverse") and is_first_process():
        print(
            f"jtm: the context of '{run}' was pretrained backwards in time (--cpc.reverse) and has "
            "not learned to run forwards, as it does here; the encoder is as good as any",
            file=sys.stderr,
        )
