"""The weights of expected notes in practice, fitted, and what they are worth where they are new.

    python -m benchmarks.notes.practice_weights MANIFEST.csv [--cache DIR] [--seeds 3]

Pieces get mistakes as `benchmarks.practice` puts them in. A logistic regression learns to tell the
notes that were played from those that were not (another pitch, a note more), groups counting almost
alike. Printed are the weights for `realtime/practice/verdicts.py`, and for every group what part of
the mistakes is found and of the notes accused, with them and with weights fitted without the group
and its relatives, whose names begin with the same word. Thresholds are the model's own.
"""

from collections import Counter
from unittest.mock import patch

import numpy as np

from benchmarks.notes.practice_recordings import Recording, load_all, recordings_parser
from benchmarks.notes.practice_tune import score
from benchmarks.practice import KINDS, piece_of, put_mistakes, put_repetitions
from realtime.inference.onnx_model import OnnxModel
from realtime.practice import verdicts
from realtime.practice.assess import assess
from realtime.values.strictness import Strictness

EVEN = 0.7
"""Power by which groups and classes count alike: 0 not at all, 1 wholly."""
RIDGE = 1000.0
PRIOR = {"wide": 0.64, "near": 0.68, "through": 11.94, "after": -11.51, "before": 2.51,
         "rise": 7.72, "fall": 0.0, "rivals": -0.71, "beside": -0.52}  # fmt: skip
PRIOR_CONSTANT = 2.32
"""Weights fitted without repetitions left out, near which the others stay: they know the smear of
neighbours, which these recordings hold too seldom."""


def family(group: str) -> str:
    """What groups of like instruments share."""
    return group.partition("_")[0]


def examples(one: Recording, seeds: int) -> tuple[list[np.ndarray], list[bool]]:
    """What speaks for each note of pieces with mistakes, and whether it was played."""
    rows: list[np.ndarray] = []
    played: list[bool] = []
    note_features = verdicts.note_features

    for seed, put in [(s, p) for s in range(seeds) for p in (put_mistakes, put_repetitions)]:
        notes, mistakes = put(one.known, np.random.default_rng(seed))

        def record(expected, *rest, notes=notes, wrong=mistakes.wrong):
            found = note_features(expected, *rest)
            for row, at_s, pitch in zip(found, expected.due_s, expected.pitches, strict=True):
                # The piece has the times of the sound, so that the nearest is the note itself.
                note = min((n for n in notes if n[2] == pitch), key=lambda n: abs(n[0] - at_s))
                if wrong.get(note) != "time":
                    rows.append(row)
                    played.append(note not in wrong)
            return found

        with patch.object(verdicts, "note_features", record):
            assess(piece_of(notes), one.heard)
    return rows, played


def fit(rows: np.ndarray, played: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and constant of a logistic regression, by Newton's method."""
    worth = np.ones(len(played))
    for group in set(groups.tolist()):
        for kind in (False, True):
            cell = (groups == group) & (played == kind)
            worth[cell] = (len(played) / max(1, cell.sum()) / len(set(groups)) / 2) ** EVEN
    middle, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    inputs = np.column_stack([(rows - middle) / spread, np.ones(len(rows))])
    ridge = RIDGE * np.eye(inputs.shape[1])
    ridge[-1, -1] = 0
    before = np.array(list(PRIOR.values()))
    prior = np.append(before * spread, PRIOR_CONSTANT + before @ middle)
    weights = prior.copy()
    for _ in range(30):
        said = 1 / (1 + np.exp(-inputs @ weights))
        curve = (inputs * (worth * said * (1 - said))[:, np.newaxis]).T @ inputs + ridge
        slope = inputs.T @ (worth * (played - said)) - ridge @ (weights - prior)
        weights += np.linalg.solve(curve, slope)
    own = weights[:-1] / spread
    return own, float(weights[-1] - own @ middle)


def judged(
    recordings: list[Recording], found: tuple[np.ndarray, float], rules: Strictness, seeds: int
) -> dict[str, Counter[str]]:
    """Counts by group with these weights."""
    table = dict(zip(verdicts.WEIGHTS, found[0].tolist(), strict=True))
    with (
        patch.object(verdicts, "WEIGHTS", table),
        patch.object(verdicts, "CONSTANT", found[1]),
    ):
        return score(recordings, rules, seeds)


def in_words(tally: Counter[str]) -> str:
    put = max(1, sum(tally[f"{kind} all"] for kind in KINDS))
    found, accused = sum(tally[f"{kind} found"] for kind in KINDS), tally["accused"]
    accused += tally["accused extras"]
    return f"{100 * found / put:.1f} % / {100 * accused / max(1, tally['judged']):.1f} %"


def main() -> int:
    options = recordings_parser(__doc__, 3).parse_args()
    model = OnnxModel(options.model)
    print_left_out(load_all(options, model), model.spec.practice or Strictness(), options.seeds)
    return 0


def print_left_out(recordings: list[Recording], rules: Strictness, seeds: int) -> None:
    """Print the fitted weights, and every group judged by them and by weights that never saw it."""
    pairs = [examples(one, seeds) for one in recordings]
    rows = np.array([row for found, _ in pairs for row in found])
    played = np.array([was for _, known in pairs for was in known])
    groups = np.repeat([one.group for one in recordings], [len(known) for _, known in pairs])
    families = np.array([family(group) for group in groups.tolist()])
    weights = fit(rows, played, groups)
    print({n: round(w, 2) for n, w in zip(verdicts.WEIGHTS, weights[0].tolist(), strict=True)})
    print(f"constant {weights[1]:.2f}")
    print("| group | found, accused | weights fitted on other families |\n| --- | --- | --- |")
    for name in dict.fromkeys(families.tolist()):
        own = [one for one in recordings if family(one.group) == name]
        kept = families != name
        usual = judged(own, weights, rules, seeds)
        left = judged(own, fit(rows[kept], played[kept], groups[kept]), rules, seeds)
        for group, tally in usual.items():
            print(f"| {group} | {in_words(tally)} | {in_words(left[group])} |", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
