"""Takes on disk, and a player without sound, for the tests of the page of takes."""

from pathlib import Path

import numpy as np
import soundfile

from gui.takes.editor.score import Score
from gui.takes.editor.sound.player import PlayerClient
from realtime.files.note_files import Heading, write_csv, write_midi
from realtime.values.notes import Note

NOTES = [
    Note(0.5, 1.0, 60, 90, 0.6),
    Note(1.2, 1.5, 60, 70, 1.3),
    Note(1.2, 2.0, 67, 80, 1.3),
    Note(5.0, 9.0, 72, 100, 5.1),
]


def make_take(folder: Path, name: str, seconds: float = 10.0) -> None:
    folder.mkdir(exist_ok=True)
    write_csv(NOTES, folder / f"{name}.csv")
    write_midi(NOTES, folder / f"{name}.mid", Heading(name))
    if seconds:
        soundfile.write(folder / f"{name}.flac", np.zeros(int(8000 * seconds)), 8000)


def long_score(hours: float = 2.0, per_second: float = 7.0) -> Score:
    count = int(hours * 3600 * per_second)
    return Score(
        Note(i / per_second, (i + 2.5) / per_second, 36 + (i * 7) % 60, 30 + (i * 13) % 97, 0)
        for i in range(count)
    )


class SilentChild:
    """Remembers its orders and plays nothing."""

    def __init__(self, orders: list) -> None:
        self._orders = orders

    def send(self, order) -> None:
        self._orders.append(order)

    def follow(self, on_message, on_end) -> None:
        pass

    def end(self, patience_s: float) -> None:
        pass


class SilentPlayer(PlayerClient):
    """A player whose child plays nothing."""

    def __init__(self, clock) -> None:
        self.orders: list = []
        super().__init__(None, clock, lambda: SilentChild(self.orders))
