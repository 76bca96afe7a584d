"""Thresholds and the loudness scale of a decoder, found on recordings with known notes."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import mir_eval
import numpy as np
from scipy.optimize import isotonic_regression

from realtime.inference.spec import DecoderSettings, HeadSpec, ModelSpec, RefineSettings
from realtime.transcription.refine import refine_settings, with_hindsight
from realtime.values.pitches import hertz
from trainer.evaluation.evaluate import RecordingRolls, decode_rolls
from trainer.evaluation.figures import LIVE_SECONDS
from trainer.evaluation.judged import JudgedRecordings

SEARCH: dict[str, tuple[float, ...]] = {
    "gathered_threshold": (0.6, -0.1, 0.1),
    "onset_threshold": (-0.1, -0.05, 0.05, 0.1, 0.2),
    "gathered_support": (-0.1, 0.1),
    "gathered_frames": (-4, 4),
    "frame_threshold": (-0.1, -0.05, 0.05, 0.1),
    "rearm_ratio": (-0.15, 0.15),
    "offset_threshold": (-0.15, 0.15),
    "frame_support": (-0.1, 0.1),
    "repeat_frames": (-1, 1),
    "release_frames": (-1, 1),
    "minimum_frames": (-2, 2),
    "release_lag_frames": (-1, 1, 3),
    "swell_threshold": (-0.3, -0.15, 0.1, 0.3),
}
"""Steps tried from the present value of each threshold, in turn."""
EARLY = (1.1, 0.9, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45)
"""Onset probabilities at which a note may leave by a shorter look-ahead; above 1 it may not."""
SUPPORTS = (0.0, 0.2, 0.4)
SMOOTHINGS = (0, 2, 4)
"""What is tried for a refined recording, beside the thresholds."""
LIVE_WEIGHT = 0.35
"""A note that leaves in time is worth this much more to a player."""
FLOOR_WEIGHT = 3.0
"""Who refines a recording expects no kind of music to come out worse than live."""
LONGEST_MINIMUM = 6
"""Frames: longer shortest notes score better on pianos, but a staccato is not that long."""
KNOTS = 6
"""Points of the loudness scale."""


def ignore_line(text: str) -> None:
    """Drop a line about a search."""


@dataclass(frozen=True)
class Search:
    """How thresholds are searched, and who is told."""

    rounds: int = 2
    """How often all thresholds are gone through."""
    report: Callable[[str], None] = ignore_line
    """Is told of every step forward; picklable where the search runs in another process."""
    live: bool = True
    """Whether it counts that notes leave in time; False for recordings that are heard again."""
    without: str = ""
    """Group of recordings that the search must not know, "" for none."""
    floor: Mapping[str, float] | None = None
    """Onset F1 by group that should be kept."""


USUAL_SEARCH = Search()


def objective(
    table: dict[str, dict[str, float]], live: bool = True, floor: Mapping[str, float] | None = None
) -> float:
    """What tuning maximises: onset F1, parts of offset, live and velocity F1, few false notes.

    Args:
        table: of `evaluate`.
        live: whether it counts that notes leave in time.
        floor: onset F1 by group that should be kept; what a group lacks costs `FLOOR_WEIGHT` times
            as much as it would anyway.
    """
    overall = table["all"]
    lacking = [
        max(0.0, wanted - table[group]["onset_f1"])
        for group, wanted in (floor or {}).items()
        if group in table
    ]
    return (
        overall["onset_f1"]
        + 0.33 * overall["offset_f1"]
        + (LIVE_WEIGHT * overall.get("live_f1", 0.0) if live else 0.0)
        + 0.1 * overall.get("velocity_f1", 0.0)
        - 0.001 * min(overall.get("false_per_minute", 0.0), 100.0)
        - (FLOOR_WEIGHT * sum(lacking) / len(lacking) if lacking else 0.0)
    )


def tune(
    heard: list[RecordingRolls], spec: ModelSpec, head: int, how: Search = USUAL_SEARCH
) -> DecoderSettings:
    """Coordinate search over the thresholds of one look-ahead, from the model's present ones.

    A look-ahead that is too long for any note to be in time waits for all of them, and being in
    time does not count: who asks for it wants the better notes.

    Args:
        heard: recordings.
        spec: of the model.
        head: number of the look-ahead.
        how: the search.
    """
    return search(JudgedRecordings(heard, spec, head), how)


def search(judged: JudgedRecordings, how: Search = USUAL_SEARCH) -> DecoderSettings:
    """Search thresholds on recordings whose scores are kept."""
    spec, head = judged.spec, judged.head
    live = how.live and spec.latency_ms(head) < 1000 * LIVE_SECONDS

    def value(settings: DecoderSettings) -> float:
        return objective(judged.table(settings, how.without), live, how.floor)

    best = spec.heads[head].decoder if live else replace(spec.heads[head].decoder, early=())
    best_value = value(best)
    for _ in range(how.rounds):
        before = best_value
        if live:
            best, best_value = _search_early(judged, value, best, best_value, how.report)
        for name, steps in SEARCH.items():
            for step in steps:
                trial = _moved(best, name, step)
                if trial == best:
                    continue
                found = value(trial)
                if found > best_value + 1e-4:
                    best, best_value = trial, found
                    how.report(f"{name} {getattr(trial, name):g} -> {best_value:.4f}")
        if best_value - before < 1e-3:
            break
    return best


def _search_early(
    judged: JudgedRecordings,
    value: Callable[[DecoderSettings], float],
    best: DecoderSettings,
    best_value: float,
    report: Callable[[str], None],
) -> tuple[DecoderSettings, float]:
    """How sure each shorter look-ahead must be for a note to leave at once, or that none may."""
    used = judged.spec.heads[judged.head].look_ahead_frames
    for frames in sorted(one.look_ahead_frames for one in judged.spec.heads):
        if frames >= used:
            continue
        others = tuple(pair for pair in best.early if pair[0] != frames)
        for threshold in EARLY:
            pair = ((frames, threshold),) if threshold <= 1 else ()
            trial = replace(best, early=tuple(sorted(others + pair)))
            found = value(trial) if trial != best else -1.0
            if found > best_value + 1e-4:
                best, best_value = trial, found
                report(f"early {trial.early} -> {best_value:.4f}")
    return best, best_value


def _moved(settings: DecoderSettings, name: str, step: float) -> DecoderSettings:
    """The settings with one value a step further, where that means something."""
    old = getattr(settings, name)
    if name == "gathered_threshold" and (old > 0) == (step == SEARCH[name][0]):
        return settings
    if name.startswith("gathered_") and settings.gathered_threshold == 0 and step != 0.6:
        return settings
    if isinstance(old, int):
        least = 0 if name == "release_lag_frames" else 1
        most = LONGEST_MINIMUM if name == "minimum_frames" else old + abs(step)
        new: Any = int(min(max(least, old + step), max(most, old)))
        return replace(settings, **{name: new})
    highest = 2.5 if name == "gathered_threshold" else 1.1
    new = float(round(min(max(old + step, 0.0), highest), 3))
    return replace(settings, **{name: new})


def refined(
    heard: list[RecordingRolls], spec: ModelSpec, chosen: RefineSettings | None = None
) -> tuple[list[RecordingRolls], ModelSpec]:
    """The recordings as `jtm transcribe --refine` hears them: one head without look-ahead.

    Args:
        heard: of all heads.
        spec: of the model.
        chosen: settings to try; None takes the model's own.
    """
    own, head = refine_settings(spec)
    chosen = chosen or own
    look_ahead = spec.heads[head].look_ahead_frames
    again = []
    for one in heard:
        rolls = {name: roll[:, head] for name, roll in one.rolls.items()}
        rolls = with_hindsight(rolls, look_ahead, chosen)
        again.append(
            RecordingRolls(one.recording, {name: roll[:, None] for name, roll in rolls.items()})
        )
    return again, replace(spec, heads=(HeadSpec(0, chosen.decoder),), default_head=0, refine=None)


def tune_refine(
    heard: list[RecordingRolls], spec: ModelSpec, how: Search = USUAL_SEARCH
) -> RefineSettings:
    """Support, smoothing and thresholds for refined recordings, no group worse than live.

    Live are the default look-ahead and its thresholds.
    """
    return search_refine(judge_refined(heard, spec), replace(how, floor=live_floor(heard, spec)))


def live_floor(heard: list[RecordingRolls], spec: ModelSpec) -> dict[str, float]:
    """Onset F1 (0-1) by group of the default look-ahead as it is."""
    head = spec.default_head
    table = JudgedRecordings(heard, spec, head).table(spec.heads[head].decoder)
    return {
        group: figures["onset_f1"]
        for group, figures in table.items()
        if group != "all" and "onset_f1" in figures
    }


def judge_refined(
    heard: list[RecordingRolls], spec: ModelSpec
) -> list[tuple[RefineSettings, JudgedRecordings]]:
    """Recordings heard again in every way that is tried, with the settings of each."""
    best, _ = refine_settings(spec)
    ways = [
        replace(best, support=support, smooth_frames=smooth)
        for support in dict.fromkeys((best.support, *SUPPORTS))
        for smooth in SMOOTHINGS
    ]
    return [(way, JudgedRecordings(*refined(heard, spec, way), 0)) for way in ways]


def search_refine(
    ways: list[tuple[RefineSettings, JudgedRecordings]], how: Search = USUAL_SEARCH
) -> RefineSettings:
    """Search settings for refined recordings (`judge_refined`)."""
    how = replace(how, live=False)

    def value(way: tuple[RefineSettings, JudgedRecordings]) -> float:
        return objective(way[1].table(way[0].decoder, how.without), False, how.floor)

    chosen, judged = max(ways, key=value)
    how.report(f"support {chosen.support:g}, smoothing {chosen.smooth_frames}")
    return replace(chosen, decoder=search(judged, how))


def fit_velocity(
    heard: list[RecordingRolls], spec: ModelSpec, head: int, settings: DecoderSettings
) -> DecoderSettings:
    """The settings with a loudness scale: what the keys were at each velocity of the network.

    Found notes are matched with true ones of known velocity; the scale is the isotonic regression
    through them, at `KNOTS` quantiles. Without such notes the settings stay as they are. Notes that
    leave early have the scale of the look-ahead by which they leave.
    """
    plain = replace(settings, velocity_map=((0.0, 0.0), (1.0, 127.0)), early=())
    said: list[float] = []
    true: list[float] = []
    for one in heard:
        truth = one.recording.notes
        if not len(truth) or not np.isfinite(truth[:, 3]).all():
            continue
        notes = decode_rolls(one, spec, head, plain)
        if not notes:
            continue
        estimate = np.array([[note.onset_s, note.offset_s, note.pitch] for note in notes])
        pairs = mir_eval.transcription.match_notes(
            truth[:, :2],
            hertz(truth[:, 2]),
            estimate[:, :2],
            hertz(estimate[:, 2]),
            onset_tolerance=one.recording.tolerance,
            offset_ratio=None,
        )
        said += [notes[j].velocity / 127 for _, j in pairs]
        true += [float(truth[i, 3]) for i, _ in pairs]
    if len(said) < 10 * KNOTS or np.ptp(said) == 0:
        return settings
    order = np.argsort(said, kind="stable")
    scale = isotonic_regression(np.array(true)[order]).x
    places = np.linspace(0.02, 0.98, KNOTS) * (len(order) - 1)
    inputs = np.interp(places, np.arange(len(order)), np.array(said)[order])
    knots: list[tuple[float, float]] = []
    for place, x in zip(places, inputs, strict=True):
        knot = round(float(x), 4), round(float(scale[int(place)]), 1)
        if not knots or knot[0] > knots[-1][0]:
            knots.append(knot)
    return replace(settings, velocity_map=tuple(knots))


def thresholds_json(spec: ModelSpec) -> dict[str, Any]:
    """What `jtm export --thresholds` reads.

    Look-ahead in frames, "refine" or "practice" -> settings, and the length of a frame under
    "frame_ms".
    """
    table: dict[str, Any] = {"frame_ms": spec.hop_ms}
    table |= {str(head.look_ahead_frames): asdict(head.decoder) for head in spec.heads}
    for name, settings in (("refine", spec.refine), ("practice", spec.practice)):
        if settings:
            table[name] = asdict(settings)
    return table
