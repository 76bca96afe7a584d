"""Two states of one training run averaged into one network.

    python -m trainer.runs.average EARLIER LATER --share 0.3 --out MEAN.safetensors

States of one run lie in one valley of the loss, and their mean is often better than either on music
unlike that of the training (Izmailov et al. 2018, arXiv 1803.05407).
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from torch import Tensor

from realtime.troubles.errors import UserError
from trainer.runs.checkpoints import read_weights, save_weights

SUMMED = ("step", "hours_heard")


def average(
    earlier: dict[str, Tensor], later: dict[str, Tensor], share: float
) -> dict[str, Tensor]:
    """Weighted mean of all floating-point tensors; the others are those of `later`.

    Args:
        earlier, later: weights of the same names and shapes.
        share: of `later`, 0-1.
    """
    return {
        name: earlier[name].lerp(value, share) if value.is_floating_point() else value
        for name, value in later.items()
    }


def average_files(
    earlier: Path, later: Path, share: float, out: Path, began_with: Path | None = None
) -> dict[str, Any]:
    """Average two checkpoints of `jtm train` into a third, and return what is stored beside it.

    Args:
        earlier, later: checkpoints of one run.
        share: of `later`, 0-1.
        out: the file to write, ending in `.safetensors`.
        began_with: what the run began with; its steps and hours are added to those of `later`.

    Raises:
        UserError: if one cannot be read, they are different networks, or `out` cannot be written.
    """
    if not 0 <= share <= 1:
        raise UserError(f"--share is {share:g}; give a part from 0 (earlier) to 1 (later).")
    settings, first, first_facts = read_weights(earlier)
    later_settings, second, facts = read_weights(later)
    shapes = [{name: value.shape for name, value in weights.items()} for weights in (first, second)]
    if settings != later_settings or shapes[0] != shapes[1]:
        raise UserError(
            f"'{earlier}' and '{later}' are different networks; average two states of one run."
        )
    facts = {**facts, "averaged_steps": [first_facts.get("step"), facts.get("step")]}
    facts["share_of_later"] = share
    if began_with:
        before = read_weights(began_with)[2]
        facts |= {name: round(facts[name] + before[name], 2) for name in SUMMED if name in before}
    try:
        save_weights(out, average(first, second, share), settings, facts)
    except OSError as error:
        raise UserError(f"Cannot write '{out}' ({error.strerror}); choose another.") from error
    return facts


def main(words: list[str] | None = None) -> int:
    """Average two checkpoints, as the command line says. Returns 0."""
    parser = argparse.ArgumentParser(
        prog="trainer.runs.average", description=__doc__.split("\n")[0]
    )
    parser.add_argument("earlier", type=Path)
    parser.add_argument("later", type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="of the later state, 0-1")
    parser.add_argument("--began-with", type=Path, help="adds its steps and hours to the facts")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(words)
    try:
        facts = average_files(given.earlier, given.later, given.share, given.out, given.began_with)
    except UserError as error:
        print(f"trainer.runs.average: {error}", file=sys.stderr)
        return 1
    print(f"{given.out}: {facts}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
