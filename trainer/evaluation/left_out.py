"""Scores of recordings by thresholds that were tuned without their group.

Thresholds tuned on the recordings that they are scored on promise too much. Here every group with
notes is left out in turn: thresholds and loudness scale are found on the others, and the group is
scored with them. Recordings without notes are in every tuning, and scored with the thresholds of
all. Every search begins at the thresholds of the model, so those should know none of the groups
better than another.
"""

from realtime.inference.spec import ModelSpec
from trainer.evaluation.evaluate import RecordingRolls, score_each
from trainer.evaluation.judged import JudgedRecordings, Scores
from trainer.evaluation.tables import by_group
from trainer.evaluation.tuning import (
    USUAL_SEARCH,
    Search,
    fit_velocity,
    judge_refined,
    live_floor,
    search,
    search_refine,
)

AFTERWARDS = ("live_f1", "delay_ms", "delay_p95_ms")
"""Figures that mean nothing where notes leave at the end of the recording."""
Table = dict[str, dict[str, float]]


def left_out(
    heard: list[RecordingRolls], spec: ModelSpec, head: int, how: Search = USUAL_SEARCH
) -> Table:
    """Scores by group of one look-ahead, each by thresholds tuned on the others.

    Args:
        heard: recordings of two groups with notes or more.
        spec: of the model, whose thresholds are where every search begins.
        head: number of the look-ahead.
        how: the search; its `report` is told of every group.
    """
    judged, scores = JudgedRecordings(heard, spec, head), Scores()
    for group in ["", *judged.groups]:
        found = search(judged, Search(how.rounds, without=group))
        inside, outside = _split(heard, group)
        found = fit_velocity(outside, spec, head, found)
        scores += score_each(inside, spec, head, found)
        how.report(f"without {group or 'none'}: {found}")
    return by_group(scores)


def left_out_refined(
    heard: list[RecordingRolls], spec: ModelSpec, how: Search = USUAL_SEARCH
) -> Table:
    """Score refined recordings by group, each by thresholds tuned on the others."""
    ways, floor, scores = judge_refined(heard, spec), live_floor(heard, spec), Scores()
    for group in ["", *ways[0][1].groups]:
        found = search_refine(ways, Search(how.rounds, without=group, floor=floor))
        heard_so = (found.support, found.smooth_frames)
        judged = next(one for way, one in ways if (way.support, way.smooth_frames) == heard_so)
        inside, outside = _split(judged.heard, group)
        decoder = fit_velocity(outside, judged.spec, 0, found.decoder)
        scores += score_each(inside, judged.spec, 0, decoder)
        how.report(f"without {group or 'none'}: {found}")
    table = by_group(scores)
    for figures in table.values():
        for name in AFTERWARDS:
            figures.pop(name, None)
    return table


def _split(
    heard: list[RecordingRolls], group: str
) -> tuple[list[RecordingRolls], list[RecordingRolls]]:
    """Recordings of the group, or those without notes where it is empty; and the others."""

    def belongs(one: RecordingRolls) -> bool:
        return one.recording.group == group if group else not len(one.recording.notes)

    return [one for one in heard if belongs(one)], [one for one in heard if not belongs(one)]
