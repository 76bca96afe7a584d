"""The replay set: short pieces by other instruments, so that learning one keeps the others.

It ships with the program as compressed sound with its notes (realtime/bundled/replay.ogg and
.csv; `trainer/render/replay_set.py` makes it), not as features: so it serves every model.
"""

import csv
from pathlib import Path

import numpy as np

from realtime.teach.examples import FOLDS, Music
from realtime.teach.listening.recordings import resample
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import what_is_unfit, why

FOLDER = Path(__file__).resolve().parents[2] / "bundled"
SOUND, NOTES = FOLDER / "replay.ogg", FOLDER / "replay.csv"
CLIP_SECONDS = 20


def read_replay(rate: int) -> list[Music]:
    """The pieces at a model's rate.

    Raises:
        UserError: if the installation lacks them.
    """
    import soundfile

    try:
        audio, own = soundfile.read(SOUND, dtype="float32")
        with NOTES.open(newline="", encoding="utf-8") as file:
            rows = [
                (int(row["clip"]), float(row["onset_s"]), float(row["offset_s"]), int(row["pitch"]))
                for row in csv.DictReader(file)
            ]
    except (OSError, soundfile.LibsndfileError) as error:
        raise UserError(Code.REPLAY_UNREADABLE, reason=why(error)) from error
    except (ValueError, KeyError) as error:
        raise UserError(Code.REPLAY_UNREADABLE, reason=what_is_unfit(error)) from error
    table = np.array(rows, float).reshape(-1, 4)
    size = CLIP_SECONDS * own
    return [
        Music(
            resample(audio[clip * size : (clip + 1) * size], own, rate),
            table[table[:, 0] == clip, 1:],
            fold=clip // 2 % FOLDS,
        )
        for clip in range(len(audio) // size)
    ]
