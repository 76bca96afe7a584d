"""What an amplifier or a cabinet does to a player's sound: tremolo and rotating horns."""

import numpy as np

from trainer.render.music.notation import SAMPLE_RATE


def tremolo(sound: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The sound (n,) with its level swinging 2.5 to 9 times a second, by a little or nearly all."""
    time = np.arange(len(sound)) / SAMPLE_RATE
    rate, depth = float(rng.uniform(2.5, 9)), float(rng.uniform(0.2, 0.95))
    wave = np.sin(2 * np.pi * rate * time + rng.uniform(0, 2 * np.pi))
    if rng.random() < 0.3:
        wave = np.tanh(4 * wave)
    return (sound * (1 - depth * (0.5 + 0.5 * wave))).astype(np.float32)


def rotate(sound: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The sound (n,) from a turning horn: level and pitch swing together, slow or fast."""
    rate = float(rng.uniform(0.5, 1) if rng.random() < 0.4 else rng.uniform(5, 7.5))
    cents = float(rng.uniform(2, 18))
    widest = SAMPLE_RATE * cents * np.log(2) / 1200 / (2 * np.pi * rate)
    time = np.arange(len(sound)) / SAMPLE_RATE
    turn = 2 * np.pi * rate * time + rng.uniform(0, 2 * np.pi)
    moved: np.ndarray = np.interp(
        np.arange(len(sound)) - widest * (1 + np.sin(turn)), np.arange(len(sound)), sound
    )
    depth = float(rng.uniform(0.1, 0.5))
    return (moved * (1 - depth * (0.5 + 0.5 * np.cos(turn)))).astype(np.float32)
