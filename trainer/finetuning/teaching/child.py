"""Process of a thorough lesson: `python -m trainer.finetuning.teaching.child FOLDER ORDER`.

FOLDER holds the player's music and takes what was learned, see `realtime.teach.thorough.orders`;
ORDER is a `ThoroughOrder` in a line. Reports `Progress`, and `Failed` where it fails. Ends when its
standard input does, so that it outlives no lesson.
"""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from realtime.inference.spec import HEAD_TENSORS
from realtime.processes.inside import end_with_input, keep_output, report
from realtime.processes.message_lines import Failed, Progress, from_line
from realtime.teach.thorough.orders import (
    ANSWERS,
    HALVES,
    HEAD,
    MUSIC,
    WEIGHTS,
    ThoroughOrder,
    half_of,
)
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble, why

if TYPE_CHECKING:
    from torch import Tensor

STEP_SECONDS = 28.0
"""Seconds of music whose hearing takes as long as one step of learning, for the progress."""


def main(argv: list[str]) -> int:
    """Learn from a folder. Returns 0, or 1 where that fails: the last report says why."""
    # Threads that wait by spinning would take the time of the program that listens.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    pipe = keep_output()
    end_with_input()
    try:
        order = from_line(argv[1].encode(), (ThoroughOrder,))
        learn(Path(argv[0]), order, lambda part: report(pipe, Progress(round(part, 4))))
    except (MemoryError, RuntimeError) as error:
        # torch says so when it gets no memory, and of nothing else that a lesson can lead to
        report(pipe, Failed(Trouble(Code.LESSON_MEMORY)))
        print(error, file=sys.stderr)
        return 1
    except UserError as error:
        report(pipe, Failed(error.trouble))
        return 1
    except OSError as error:
        report(pipe, Failed(Trouble(Code.CANNOT_WRITE, path=argv[0], reason=why(error))))
        return 1
    return 0


def learn(folder: Path, order: ThoroughOrder, on_part: Callable[[float], None]) -> None:
    """Learn in two halves, each from every second fold, and answer what the other half learned.

    Args:
        folder: of the lesson.
        order: how.
        on_part: told the part that is done, 0-1.

    Raises:
        UserError: if the weights of the bundled model cannot be read.
        OSError: if there is no room.
    """
    import torch

    from realtime.teach.music.packing import unpack_music
    from realtime.teach.music.replay import read_replay
    from trainer.finetuning.teaching.answers import predict, save_answers
    from trainer.finetuning.teaching.crops import LessonCrops
    from trainer.finetuning.teaching.learning import learn_all
    from trainer.runs.checkpoints import BUNDLED, load_transcriber, save_weights

    torch.set_num_threads(order.threads)
    torch.manual_seed(order.seed)
    old, facts = load_transcriber(BUNDLED)
    rate, hop = old.sample_rate, old.hop_samples
    mine, kept = unpack_music((folder / MUSIC).read_bytes()), read_replay(rate)
    judges = [*mine, *kept]
    seconds = sum(piece.seconds(rate) for piece in judges)
    total = HALVES * order.steps * STEP_SECONDS + len(order.parts) * seconds
    done = 0.0

    def advance(more: float) -> None:
        nonlocal done
        done += more
        on_part(min(1.0, done / total))

    start = {name: value.clone() for name, value in old.state_dict().items()}
    learned: list[Mapping[str, Tensor]] = []
    for half in range(HALVES):
        taught, kept_now = (
            LessonCrops([piece for piece in every if half_of(piece.fold) == half], rate, hop, seed)
            for every, seed in ((mine, 2 * order.seed), (kept, 2 * order.seed + 1))
        )
        head = read_head(folder / HEAD.format(half=half))
        begin = {**start, **head}
        learned.append(
            learn_all(old, begin, taught, kept_now, order.steps, lambda: advance(STEP_SECONDS))
        )
    for part in order.parts:
        several = [between(start, one, part) for one in learned]
        said = []
        for half in range(HALVES):
            old.load_state_dict(several[1 - half])
            said += [
                (place, predict(old, piece, advance))
                for place, piece in enumerate(judges)
                if half_of(piece.fold) == half
            ]
        save_answers(
            folder / ANSWERS.format(part=part), [one for _, one in sorted(said, key=_place)]
        )
        mean = {name: torch.stack([one[name] for one in several]).mean(dim=0) for name in start}
        save_weights(folder / WEIGHTS.format(part=part), mean, old.settings, facts)


def read_head(path: Path) -> dict[str, "Tensor"]:
    """Weights of a head, float32, by their names in the network; none where there is no file."""
    import numpy as np
    import torch

    if not path.exists():
        return {}
    with np.load(path, allow_pickle=False) as file:
        hidden, hidden_bias, out, out_bias = (torch.from_numpy(file[name]) for name in HEAD_TENSORS)
    return {
        "head.hidden.weight": hidden.T.contiguous(),
        "head.hidden.bias": hidden_bias,
        "head.out.weight": out.T.contiguous(),
        "head.out.bias": out_bias,
    }


def between(
    before: Mapping[str, "Tensor"], after: Mapping[str, "Tensor"], part: float
) -> dict[str, "Tensor"]:
    """Weights on the straight line from `before` to `after`; `part` is 0-1 of the way."""
    return {name: value + part * (after[name] - value) for name, value in before.items()}


def _place(numbered: tuple[int, object]) -> int:
    return numbered[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
