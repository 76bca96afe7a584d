"""What every run of the trainer can be set to, whatever it learns."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RunSettings:
    """Length, batch and seed of a run."""

    steps: int = 20_000
    """Optimizer steps in all."""
    batch_size: int = 8
    """Crops a step on one device."""
    seed: int = 0
    """Seed of every draw, 0 or more: the same seed gives the same crops and first weights."""