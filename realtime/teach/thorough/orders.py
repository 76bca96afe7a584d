"""What a thorough lesson asks of the process that has torch, and the files between the two."""

from dataclasses import dataclass

MUSIC, HEAD = "music.npz", "head-{half}.npz"
"""In the folder of a lesson that is going on: the player's pieces; of each half the weights of the
head that it begins with, by their names."""
WEIGHTS, ANSWERS = "weights-{part:g}.safetensors", "answers-{part:g}.npz"
"""Files of each part of the way: the mean of the learned weights, and what weights that never met
the pieces answer to them."""
HALVES = 2
"""All weights learn twice, each time from every second fold."""


@dataclass(frozen=True, slots=True)
class ThoroughOrder:
    """How all weights shall learn."""

    steps: int
    """Optimizer steps of each half of the training."""
    seed: int
    threads: int
    parts: tuple[float, ...]
    """Parts of the way from old weights to learned ones that are answered by; 0 is the old ones."""


def half_of(fold: int) -> int:
    """The half that a fold of the lesson belongs to."""
    return fold % HALVES
