"""The options that a run began with: going on without repeating them, or against them."""

import dataclasses
import functools
import json
import sys
import typing
from pathlib import Path
from typing import Any, TypeVar

from realtime.commands.options import parse_options
from realtime.troubles.errors import UsageError, UserError
from realtime.values.json_text import parse_json

Options = TypeVar("Options")

SETTINGS = "settings.json"
LAST = "last.ckpt"
OWN = ("out", "resume", "overwrite", "encoder", "context", "negatives")
"""Options that a resumed run does not take over: where it lies, and short forms of others."""
FIXED = ("model.", "cpc.")
"""Options of the network and of what it learns: another value would be another run."""
TOLD = ("crops.", "loss.", "optimizer.")
"""Options that may change on the way, but not unnoticed."""
FREE = ("optimizer.learning_rate", "optimizer.schedule", "optimizer.decay_steps")
"""Those of them that lengthening a run or ending it early is done with."""
RECIPES = Path(__file__).resolve().parents[1] / "recipes"
MOST_NAMED = 4
"""Options that a message names."""


def parse_run_options(
    kind: type[Options],
    argv: list[str],
    *,
    command: str,
    description: str,
    examples: tuple[str, ...] = (),
) -> Options:
    """Options of a subcommand that trains; with `--resume`, behind those that the run began with.

    So options that are not named stay as they were; those that are named win. `--config NAME` is a
    recipe of ours where no such file is there.

    Args:
        kind: dataclass of the options, with `out` and `resume`.
        argv: words after the subcommand.
        command: name of the subcommand.
        description: first line of the help.
        examples: command lines that end the help.

    Raises:
        UserError: if the options that the run began with cannot be read.
    """
    parse = functools.partial(
        parse_options, kind, command=command, description=description, examples=examples
    )
    argv = _with_recipes(argv)
    chosen: Any = parse(argv)
    if chosen.resume:
        require_run(Path(chosen.out))
        kept = known_options(kind, read_kept(Path(chosen.out)))
        taken = {name: value for name, value in kept.items() if name not in OWN}
        words = [f"--config={json.dumps(taken)}", *argv]
        chosen = parse(words)
    return typing.cast(Options, chosen)


def _with_recipes(argv: list[str]) -> list[str]:
    """The words with the paths of recipes that `--config` names.

    Raises:
        UsageError: if it names neither a file nor a recipe.
    """
    words = list(argv)
    for place, word in enumerate(argv):
        option, equals, name = word.partition("=")
        if option != "--config" or not (equals or place + 1 < len(argv)):
            continue
        name = name if equals else argv[place + 1]
        if name.startswith("{") or Path(name).is_file():
            continue
        recipe = RECIPES / f"{name.removesuffix('.yaml')}.yaml"
        if not recipe.is_file() or recipe.parent != RECIPES:
            known = ", ".join(sorted(path.stem for path in RECIPES.glob("*.yaml")))
            raise UsageError(f"--config: no file and no recipe '{name}'; recipes are {known}.")
        words[place if equals else place + 1] = f"--config={recipe}" if equals else str(recipe)
    return words


def named_options(argv: list[str]) -> set[str]:
    """Options that words name, such as model.encoder.kind, with underscores in their names."""
    words = (word.partition("=")[0] for word in argv if word.startswith("--"))
    return {word.removeprefix("--").replace("-", "_") for word in words}


def require_run(folder: Path) -> None:
    """Is there anything in a folder that a run could go on from?

    Raises:
        UserError: if there is not, as where its name is misspelt.
    """
    if not any((folder / name).exists() for name in (SETTINGS, LAST)):
        there = "holds no run" if folder.is_dir() else "is no folder"
        raise UserError(
            f"Nothing to resume: --out '{folder}' {there}; give the folder of the run, or leave "
            "--resume out to begin one."
        )


def read_kept(folder: Path) -> dict[str, Any]:
    """The options in a run's `settings.json`; none where there is no such file.

    Raises:
        UserError: if the file is damaged.
    """
    path = folder / SETTINGS
    if not path.is_file():
        return {}
    try:
        return dict(parse_json(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise UserError(
            f"'{path}' is damaged ({error}); remove it and go on with --resume and all the options "
            "that the run began with."
        ) from error


def known_options(kind: type, values: dict[str, Any]) -> dict[str, Any]:
    """The values that a (nested) dataclass has fields for: other versions had others."""
    hints = typing.get_type_hints(kind)
    known = {name: value for name, value in values.items() if name in hints}
    for name, value in known.items():
        if dataclasses.is_dataclass(hints[name]) and isinstance(value, dict):
            known[name] = known_options(typing.cast(type, hints[name]), value)
    return known


def require_same_network(folder: Path, command: Any) -> None:
    """Compare the options of a resumed run with those that it began with.

    What changes crops, loss or optimizer is told on stderr; steps, schedule, data, batch size and
    machine are free.

    Args:
        folder: of the run.
        command: the options, a dataclass.

    Raises:
        UserError: if the network would be another, or would learn something else.
    """
    before = flatten(read_kept(folder))
    now = flatten(json.loads(json.dumps(dataclasses.asdict(command))))
    changed = [name for name in now if name in before and before[name] != now[name]]
    fixed = [name for name in changed if name.startswith(FIXED)]
    if fixed:
        changes = describe_changes(fixed, before, now)
        raise UsageError(
            f"--resume cannot change {changes}: the network of the run in "
            f"'{folder}' is another; leave that out, or train anew with another --out."
        )
    told = [name for name in changed if name.startswith(TOLD) and name not in FREE]
    if told:
        print(
            f"jtm: the run goes on with other {describe_changes(told, before, now)}",
            file=sys.stderr,
        )


def describe_changes(names: list[str], before: dict[str, Any], now: dict[str, Any]) -> str:
    """Options with their values before and now; the first few of them."""
    parts = [
        f"--{name} ({json.dumps(before[name])} -> {json.dumps(now[name])})"
        for name in names[:MOST_NAMED]
    ]
    more = len(names) - len(parts)
    return ", ".join(parts) + (f" and {more} more" if more else "")


def flatten(values: dict[str, Any], before: str = "") -> dict[str, Any]:
    """`{"a": {"b": 1}}` -> `{"a.b": 1}`."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            flat |= flatten(value, f"{before}{name}.")
        else:
            flat[before + name] = value
    return flat
