"""What `jtm practice --json` prints: every expected note, what was added, and a summary."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from realtime.practice.assess import Assessment
from realtime.practice.pieces import Bar, Piece, bar_index
from realtime.practice.verdicts import EARLY, LATE, MISSED, RIGHT, WRONG

JUDGEMENTS = (RIGHT, EARLY, LATE, WRONG, MISSED)
SHOWN = 0.2
"""Certainty (0-1) of a note too many below which a window does not draw it."""
UNSURE = 0.5
"""A mistake of a lower certainty does not count."""
BIN_MS = 20
"""Width of a bar of the histogram."""
WIDEST_MS = 200


def report(piece: Piece, assessment: Assessment) -> dict[str, Any]:
    """The fixed fields `notes` and `extras`, and `summary`; times in s, errors in ms."""
    notes = [
        {
            "bar": note.bar,
            **_printed(bar_of(piece, note.onset_s)),
            "beat": note.beat,
            "pitch": note.pitch,
            "judgement": verdict.judgement,
            "error_ms": None if verdict.error_s is None else round(1000 * verdict.error_s, 1),
            "certainty": round(verdict.certainty, 3),
        }
        for note, verdict in zip(piece.notes, assessment.verdicts, strict=True)
    ]
    extras = [
        {"time_s": round(e.time_s, 3), "pitch": e.pitch, "certainty": round(e.certainty, 3)}
        for e in assessment.extras
    ]
    return {"notes": notes, "extras": extras, "summary": summary(piece, assessment)}


def summary(piece: Piece, assessment: Assessment) -> dict[str, Any]:
    """Counts, rhythm and the bars that went badly."""
    counts = Counter(verdict.judgement for verdict in assessment.verdicts)
    unsure = sum(
        verdict.judgement != RIGHT and verdict.certainty < UNSURE for verdict in assessment.verdicts
    )
    errors = [
        (1000 * verdict.error_s, verdict.judgement == RIGHT)
        for verdict in assessment.verdicts
        if verdict.error_s is not None and verdict.judgement in (RIGHT, EARLY, LATE)
    ]
    count = len(assessment.verdicts)
    return {
        "title": piece.title,
        "notes": count,
        **{judgement: counts[judgement] for judgement in JUDGEMENTS},
        "unsure": unsure,
        "extras": len(assessment.extras),
        "reached": sum(assessment.reached),
        "right_share": round(counts[RIGHT] / count, 4) if count else 0.0,
        "rhythm_ms": rhythm(errors),
        "tempo_percent": round(100 * assessment.rate, 1),
        "tempo_bpm": round(piece.tempo_bpm * assessment.rate, 1),
        "passes": [
            {
                "score_from_s": round(float(one[0]), 3),
                "score_to_s": round(float(one[1]), 3),
                "from_s": round(float(one[2]), 3),
                "to_s": round(float(one[3]), 3),
            }
            for one in assessment.passes
        ],
        "bad_bars": bad_bars(piece, assessment),
        "remarks": [remark.to_json() for remark in piece.remarks],
    }


def rhythm(errors: Sequence[tuple[float, bool]]) -> dict[str, Any]:
    """Median and 95th percentile of the distance in ms, and a histogram; None without dates.

    Args:
        errors: of each note that came, in ms, and whether it was judged right.
    """
    if not errors:
        return {"median": None, "p95": None, "histogram": []}
    errors_ms, right = (np.array(column) for column in zip(*errors, strict=True))
    distance = np.abs(errors_ms)
    edges = np.arange(-WIDEST_MS, WIDEST_MS + BIN_MS, BIN_MS)
    inside = np.clip(errors_ms, -WIDEST_MS, WIDEST_MS - 1)
    counts, rights = (np.histogram(part, edges)[0] for part in (inside, inside[right]))
    return {
        "median": round(float(np.median(distance)), 1),
        "p95": round(float(np.percentile(distance, 95)), 1),
        "histogram": [
            {"from_ms": int(edge), "notes": int(notes), "right": int(good)}
            for edge, notes, good in zip(edges[:-1], counts, rights, strict=True)
            if notes
        ],
    }


def bad_bars(piece: Piece, assessment: Assessment) -> list[dict[str, Any]]:
    """Bars that were reached and have mistakes that count, the worst first."""
    mistakes: Counter[tuple[int, str]] = Counter()
    for note, verdict, reached in zip(
        piece.notes, assessment.verdicts, assessment.reached, strict=True
    ):
        if reached and verdict.judgement != RIGHT and verdict.certainty >= UNSURE:
            bar = bar_of(piece, note.onset_s)
            mistakes[note.bar, bar.printed if bar else ""] += 1
    order = sorted(mistakes.items(), key=lambda row: (-row[1], row[0]))
    return [
        {"bar": bar, **_printed(Bar(bar, 0.0, 0, label)), "mistakes": count}
        for (bar, label), count in order
    ]


def bar_of(piece: Piece, place_s: float) -> Bar | None:
    """The bar that a second of the piece lies in, None in a piece without bars."""
    return piece.bars[bar_index(piece, place_s)] if piece.bars else None


def _printed(bar: Bar | None) -> dict[str, str]:
    """What is printed at a bar, where that is not its number."""
    printed = bar.printed if bar else ""
    return {} if bar is None or printed == str(bar.number) else {"printed": printed}
