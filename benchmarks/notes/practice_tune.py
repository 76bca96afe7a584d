"""How strict practice is, tuned on performances whose notes are known, for one model.

    python -m benchmarks.notes.practice_tune MANIFEST.csv --into thresholds.json [--model M]

Mistakes are put into the pieces as `benchmarks.practice` does. One threshold after another is
moved as long as that helps: what is wanted is the part of the mistakes found, of these the sure
ones once more, less ten times the false accusations that count, and less the notes of the
performance that are not judged right; means of groups, so that a large group does not decide
alone. --into is the file that `jtm evaluate --tune` wrote and `jtm export --thresholds` reads: its
entry "practice" is replaced. --left-out tells what every group scores with thresholds tuned on the
others.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from unittest.mock import patch

import numpy as np

from benchmarks.notes.practice_recordings import Recording, load_all, recordings_parser
from benchmarks.practice import KINDS, count, piece_of, put_mistakes
from realtime.inference.onnx_model import OnnxModel
from realtime.practice import assess as assessing
from realtime.practice.assess import assess
from realtime.values.atomic import replace_text
from realtime.values.strictness import Strictness

STEPS = {
    "played": 0.4,
    "surely_missed": 0.4,
    "off_time": 0.2,
    "in_time_least_s": 0.01,
    "surely_off_s": 0.01,
    "in_place": 0.05,
    "extra": 0.3,
    "extra_clean": 0.3,
    "extra_told": 0.4,
}
"""Thresholds that are tuned, and by how much they are moved."""


def worth(tally: Counter[str]) -> float:
    """How good the judgements of a group are; more is better."""
    put = max(1, sum(tally[f"{kind} all"] for kind in KINDS))
    found = sum(tally[f"{kind} found"] for kind in KINDS) / put
    sure = sum(tally[f"{kind} sure"] for kind in KINDS) / put
    judged = max(1, tally["judged"])
    accused = (tally["accused"] + tally["accused extras"]) / judged
    return found + sure - 10 * accused - tally["not right"] / judged


def score(recordings: list[Recording], rules: Strictness, seeds: int) -> dict[str, Counter[str]]:
    """Counts by group of pieces with mistakes, judged by these rules."""
    tallies: dict[str, Counter[str]] = defaultdict(Counter)
    for one in recordings:
        for seed in range(seeds):
            notes, mistakes = put_mistakes(one.known, np.random.default_rng(seed))
            played = piece_of(notes)
            found = assess(played, one.heard, rules=rules)
            count(tallies[one.group], played, found, mistakes)
    return tallies


def climb(recordings: list[Recording], rules: Strictness, seeds: int, rounds: int) -> Strictness:
    """The rules after moving one threshold after another as long as that helps."""

    def value(tried: Strictness) -> float:
        return float(np.mean([worth(t) for t in score(recordings, tried, seeds).values()]))

    best = value(rules)
    for _ in range(rounds):
        before = best
        for tried in _neighbours(rules):
            if (now := value(tried)) > best + 1e-4:
                best, rules = now, tried
                print(f"{best:.4f} {asdict(rules)}", flush=True)
        if best == before:
            break
    return rules


def _neighbours(rules: Strictness) -> Iterator[Strictness]:
    for name, step in STEPS.items():
        for sign in (-1, 1):
            yield replace(rules, **{name: round(getattr(rules, name) + sign * step, 4)})


def main() -> int:
    parser = recordings_parser(__doc__, 2)
    parser.add_argument("--into", type=Path, help="thresholds whose practice is replaced")
    parser.add_argument("--rounds", type=int, default=3, help="through all thresholds, at most")
    parser.add_argument("--left-out", action="store_true", help="score each group by the others'")
    options = parser.parse_args()
    if options.cache:
        options.cache.mkdir(parents=True, exist_ok=True)
    model = OnnxModel(options.model)
    recordings = load_all(options, model)
    begin = model.spec.practice or Strictness()
    attacks = {id(one.heard): assessing.find_attacks(one.heard) for one in recordings}
    with patch.object(assessing, "find_attacks", lambda heard: attacks[id(heard)]):
        if options.left_out:
            for group in sorted({one.group for one in recordings}):
                others = [one for one in recordings if one.group != group]
                rules = climb(others, begin, options.seeds, options.rounds)
                own = [one for one in recordings if one.group == group]
                print(group, dict(score(own, rules, options.seeds)[group]))
            return 0
        rules = climb(recordings, begin, options.seeds, options.rounds)
    if options.into:
        table = json.loads(options.into.read_text()) if options.into.exists() else {}
        replace_text(options.into, json.dumps({**table, "practice": asdict(rules)}, indent=1))
    print(json.dumps(asdict(rules)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
