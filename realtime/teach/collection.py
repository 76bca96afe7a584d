"""Examples of several pieces of music, collected by several processes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from realtime.inference.ahead_model import AheadModel
from realtime.processes.pool import spread
from realtime.teach.examples import Examples, Music, collect


@dataclass(frozen=True)
class _Task:
    """A piece that some process listens to."""

    index: int
    music: Music
    seed: int


def collect_all(
    model: Path | None,
    pieces: Sequence[Music],
    seed: int,
    workers: int,
    on_heard: Callable[[Music], None],
) -> list[Examples]:
    """Collect the examples of every piece, in order.

    Args:
        model: file; None is the bundled one.
        pieces: of music.
        seed: of the rows that are kept by chance.
        workers: processes.
        on_heard: told each piece once it was heard.

    Raises:
        UserError: if the model cannot be opened, or a process was killed.
    """
    found: dict[int, Examples] = {}
    tasks = _share_out(pieces, seed, workers)
    for index, examples in spread(partial(_collect_one, model), tasks, workers):
        found[index] = examples
        on_heard(pieces[index])
    return [found[index] for index in range(len(pieces))]


def _share_out(pieces: Sequence[Music], seed: int, workers: int) -> list[_Task]:
    """Order the pieces, the longest first, so that no process has a long one left at the end.

    Seeds count up within the share that a process would have if all of it were dealt out before.
    """
    shares: list[list[int]] = [[] for _ in range(min(max(1, workers), len(pieces)))]
    tasks = []
    for index in sorted(range(len(pieces)), key=lambda i: -len(pieces[i].audio)):
        share = min(shares, key=lambda share: sum(len(pieces[i].audio) for i in share))
        tasks.append(_Task(index, pieces[index], seed + len(share)))
        share.append(index)
    return tasks


def _collect_one(model: Path | None, task: _Task) -> tuple[int, Examples]:
    return task.index, collect(_open_model(model), task.music, task.seed)


@lru_cache(maxsize=1)
def _open_model(model: Path | None) -> AheadModel:
    return AheadModel(model, with_features=True)
