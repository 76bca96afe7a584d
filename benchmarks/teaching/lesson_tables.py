"""Markdown tables of measured lessons: what they gave, what others lost, what they cost."""

from collections.abc import Sequence

import numpy as np

from realtime.teach.judging.scores import Counts

Result = dict
Pair = tuple[Counts, Counts]


def tables_of(results: Sequence[Result]) -> str:
    """All three tables, of the seeds that were measured.

    A lesson that was refused counts as one that changes nothing.
    """
    lines = ["| taught | learned | tested on | seeds | kept | before | after |", "|" + " --- |" * 7]
    groups = _grouped(results)
    for (case, method), several in groups.items():
        kept = sum(one["told"] == "better" for one in several)
        count = f"{len(several)} | {kept}"
        own = [
            (one["card"]["before"], one["card"]["after" if one["told"] == "better" else "before"])
            for one in several
            if one["card"]
        ]
        if own:
            before, after = ([(p[i]["onset_f1"], p[i]["end_f1"]) for p in own] for i in (0, 1))
            lines.append(
                f"| {case} | {method} | its notes | {count} | {_span(before)} | {_span(after)} |"
            )
        for word in several[0]["tests"]:
            before, after = _scores_of(several, "tests", word)
            lines.append(
                f"| {case} | {method} | {word} | {count} | {_span(before)} | {_span(after)} |"
            )
    lines += ["", *_others(groups), "", *_costs(groups), "", *_refusals(results)]
    return "\n".join(lines)


def _others(groups: dict) -> list[str]:
    names = list(next(iter(groups.values()))[0]["others"]) if groups else []
    titles = [f"{case}, {method}" for case, method in groups]
    lines = [f"| others | before | {' | '.join(titles)} |", "|" + " --- |" * (len(titles) + 2)]
    for name in names:
        row = []
        for several in groups.values():
            before, after = _scores_of(several, "others", name)
            row.append(_span(after))
        lines.append(f"| {name} | {_span(before[:1])} | {' | '.join(row)} |")
    return lines


def _costs(groups: dict) -> list[str]:
    lines = ["| taught | learned | processor time, s | largest process, MB |", "|" + " --- |" * 4]
    for (case, method), several in groups.items():
        cpu, peak = (max(one[key] for one in several) for key in ("cpu_s", "peak_mb"))
        lines.append(f"| {case} | {method} | {cpu:.0f} | {peak:.0f} |")
    return lines


def _refusals(results: Sequence[Result]) -> list[str]:
    return [
        f"{one['case']}, {one['method']}, seed {one['seed']}: {one['told']}"
        for one in results
        if one["told"] != "better"
    ]


def _grouped(results: Sequence[Result]) -> dict[tuple[str, str], list[Result]]:
    groups: dict[tuple[str, str], list[Result]] = {}
    for one in results:
        groups.setdefault((one["case"], one["method"]), []).append(one)
    return groups


def _scores_of(several: Sequence[Result], part: str, name: str) -> tuple[list, list]:
    """(onset F1, F1 with ends) before and after, of each seed."""
    before, after = [], []
    for one in several:
        old, new = one[part][name]
        for place, counts in ((before, old), (after, new or old)):
            scores = Counts(**counts)
            place.append((scores.onset_f1, scores.end_f1))
    return before, after


def _span(scores: Sequence[tuple[float, float]]) -> str:
    """Mean of onset F1, with ends in brackets, and from where to where seeds go."""
    table = np.array(scores)
    onset, ends = (f"{value:.3f}".replace("0.", ".", 1) for value in table.mean(axis=0))
    low, high = table[:, 0].min(), table[:, 0].max()
    spread = f", {low:.3f} to {high:.3f}".replace("0.", ".") if high - low > 0.0005 else ""
    return f"{onset} ({ends}){spread}"
