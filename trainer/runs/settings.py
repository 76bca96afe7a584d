"""What every run of the trainer can be set to, whatever it learns."""

from dataclasses import dataclass

from realtime.values.ranges import Count, Whole


@dataclass(frozen=True)
class RunSettings:
    """Length, batch and seed of a run."""

    steps: Count = 20_000
    """Optimizer steps of the whole run."""
    batch_size: Count = 8
    """Crops a step on one device."""
    seed: Whole = 0
    """Seed of every draw: the same seed gives the same crops and first weights."""
