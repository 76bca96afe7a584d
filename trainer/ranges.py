"""The least that numbers among the options may be."""

import math
from functools import reduce
from typing import Any

from realtime.errors import UserError

LEAST_ONE = (
    "steps",
    "batch_size",
    "cpc.steps",
    "cpc.negatives",
    "cpc.group",
    "cpc.width",
    "model.context.transformer.heads",
    "model.context.transformer.layers",
    "model.context.transformer.window",
    "machine.devices",
    "machine.nodes",
    "machine.accumulate",
    "machine.threads",
    "machine.validate_steps",
    "machine.validation_clips",
    "machine.log_steps",
)
ABOVE_ZERO = ("cpc.temperature", "crops.seconds", "optimizer.learning_rate")
LEAST_ZERO = (
    "seed",
    "memory_gb",
    "freeze_steps",
    "cpc.exclude_frames",
    "machine.workers",
    "machine.checkpoint_minutes",
    "machine.stop_after",
    "optimizer.warm_up_steps",
    "optimizer.decay_steps",
)


def require_ranges(command: Any) -> None:
    """Refuse numbers that no run can be made of.

    Args:
        command: the options of a subcommand; those that it lacks are not looked at.

    Raises:
        UserError: naming the first option that is too small, or not a number.
    """
    for names, wanted in ((LEAST_ONE, "1"), (LEAST_ZERO, "0"), (ABOVE_ZERO, "")):
        for name in names:
            value = reduce(lambda part, word: getattr(part, word, None), name.split("."), command)
            if value is None:
                continue
            if not math.isfinite(value) or value < float(wanted or 0) or (not wanted and not value):
                least = f"{wanted} or more" if wanted else "a number above 0"
                option = name if "." in name else name.replace("_", "-")
                raise UserError(f"--{option} cannot be {value:g}; give {least}.")
