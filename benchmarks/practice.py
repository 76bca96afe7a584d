"""Practice judged on performances whose notes are known: the table of docs/practice.md.

    python -m benchmarks.practice MANIFEST.csv [--cache DIR] [--seeds 3] [--groups piano_maps,voice]

The manifest has the columns id, group, file, truth, truth_shift_s. The piece is the performance's
own notes, faithful at first, then with mistakes put in: of 5 % of the notes one in four gets
another pitch, has a note added beside it, is taken out, or is moved by 150 ms. "Without score" is
the live tracker alone, whose notes are matched with the piece afterwards. A mistake is found where
its note is not right, or an extra has the pitch and time of the note taken out. False accusations
are all other notes that are surely not right, and sure extras, per note; that the note was heard
which the piece no longer has there is none. For the follower the
network's probabilities are cut: four bars again, or five seconds of silence; for another tempo the
piece is stretched. It has found its place where, one bar later, it is within one bar of the note
that was last due, or of that note's twin in a passage with the same notes: which of the two is
played nobody could tell yet. --cache keeps the probabilities between runs. --left-out prints what
every group comes to with weights fitted on all groups, and on those that are no relatives of it.
"""

import csv
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.notes.practice_recordings import Known, Recording, load, recordings_parser
from realtime.audio.sources import FileSource
from realtime.inference.onnx_model import OnnxModel
from realtime.practice.assess import Assessment, assess
from realtime.practice.attacks import NetworkRolls, find_attacks
from realtime.practice.follower import WEAKEST, Follower, chord_starts
from realtime.practice.pieces import PieceNote
from realtime.practice.predictions import predict_all
from realtime.practice.report import UNSURE
from realtime.practice.waiting import Waiter
from realtime.values.practice_modes import PracticeMode
from realtime.values.settings import EngineSettings
from realtime.values.strictness import Strictness

KINDS = ("pitch", "more", "less", "time")
SHARE = 0.05
OFF_S = 0.15
BAR_S = 2.0
"""Pieces made of recordings have bars of four quarters at 120."""
PAUSE_S = 5.0
TEMPI = (0.6, 0.8, 1.2, 1.4)


def piece_of(known: list[Known], stretch: float = 1.0) -> list[PieceNote]:
    notes = [
        PieceNote(on * stretch, off * stretch, pitch, int(on // BAR_S) + 1, 1.0)
        for on, off, pitch in known
    ]
    return sorted(notes, key=lambda note: (note.onset_s, note.pitch))


@dataclass
class Mistakes:
    """What was changed in a piece: wrong notes by their kind, notes taken out, notes moved."""

    wrong: dict[Known, str]
    removed: list[Known]
    moved: list[Known]
    """Notes that were played and that the piece has at another pitch or time."""


def put_mistakes(known: list[Known], rng: np.random.Generator) -> tuple[list[Known], Mistakes]:
    """The notes as a piece that was played with mistakes, and these."""

    def free(at_s: float, pitch: int) -> bool:
        near = (abs(on - at_s) < 0.3 and other == pitch for on, _, other in known)
        return 21 <= pitch <= 108 and not any(near)

    notes, mistakes = list(known), Mistakes({}, [], [])
    wrong = mistakes.wrong
    chosen = rng.permutation(len(known))[: max(len(KINDS), round(SHARE * len(known)))]
    for number, index in enumerate(chosen.tolist()):
        on, off, pitch = note = known[index]
        kind = KINDS[(number + int(rng.integers(4))) % 4]
        steps = (-2, -1, 1, 2) if kind == "pitch" else (-7, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 7)
        others = [pitch + s for s in rng.permutation(steps).tolist() if free(on, pitch + s)]
        if kind == "less":
            notes.remove(note)
            mistakes.removed.append(note)
        elif kind == "time":
            shift = OFF_S if on < OFF_S or rng.random() < 0.5 else -OFF_S
            notes[notes.index(note)] = changed = (on + shift, off + shift, pitch)
            mistakes.moved.append(note)
            wrong[changed] = kind
        elif others:
            changed = (on, off, others[0])
            wrong[changed] = kind
            if kind == "pitch":
                notes[notes.index(note)] = changed
                mistakes.moved.append(note)
            else:
                notes.append(changed)
    return sorted(notes), mistakes


def put_repetitions(known: list[Known], rng: np.random.Generator) -> tuple[list[Known], Mistakes]:
    """The notes as a piece in which some are struck again that were not, and some no longer.

    Of 5 % of the notes each: a note comes once more as it ends, or twice in half its time; two of
    one pitch that follow each other are one that is held.
    """
    notes, mistakes = list(known), Mistakes({}, [], [])
    count, end_s = max(2, round(SHARE * len(known))), max((off for _, off, _ in known), default=0)
    taken: set[Known] = set()
    pairs = []
    for note in known:
        following = [n for n in known if n[2] == note[2] and n[0] > note[0] + 0.02][:1]
        pairs.append((note, following[0] if following else None))
    for index in rng.permutation(len(pairs)).tolist():
        note, following = pairs[index]
        on, off, pitch = note
        free_s = (following[0] if following else end_s) - 0.3
        if note in taken or (following and following in taken):
            continue
        half = off - on >= 0.6 and rng.random() < 0.5
        at_s = (on + off) / 2 if half else max(off, on + 0.25)
        if len(mistakes.wrong) < count and at_s < free_s:
            added = (at_s, off if half else at_s + 0.3, pitch)
            mistakes.wrong[added] = "again"
            notes.append(added)
            notes[notes.index(note)] = (on, at_s if half else off, pitch)
            taken.add(note)
        elif (
            following
            and len(mistakes.removed) < count
            and following[0] - off < 0.3
            and 0.15 < following[0] - on < 1.5
        ):
            notes[notes.index(note)] = (on, following[1], pitch)
            notes.remove(following)
            mistakes.removed.append(following)
            taken |= {note, following}
    return sorted(notes), mistakes


def count(
    tally: Counter[str], piece: list[PieceNote], found: Assessment, mistakes: Mistakes
) -> None:
    """Add up what was found, and who was accused without reason."""
    wrong, removed = mistakes.wrong, mistakes.removed
    moved = [(on, pitch) for on, _, pitch in mistakes.moved]
    for note, verdict in zip(piece, found.verdicts, strict=True):
        kind = wrong.get((note.onset_s, note.offset_s, note.pitch))
        mistaken = verdict.judgement != "right" and verdict.certainty >= UNSURE
        if kind:
            tally[f"{kind} all"] += 1
            tally[f"{kind} found"] += verdict.judgement != "right"
            tally[f"{kind} sure"] += mistaken
        else:
            tally["accused"] += mistaken
            tally["not right"] += verdict.judgement != "right"
    left = [(extra.time_s, extra.pitch, extra.certainty) for extra in found.extras]
    left = [e for e in left if not _has_like((e[0], e[1]), moved)]
    for on, _, pitch in removed:
        tally["less all"] += 1
        hits = [e for e in left if e[1] == pitch and abs(e[0] - on) < OFF_S]
        tally["less found"] += bool(hits)
        tally["less sure"] += any(certainty >= UNSURE for _, _, certainty in hits)
        left = [e for e in left if e not in hits]
    tally["accused extras"] += sum(certainty >= UNSURE for _, _, certainty in left)
    tally["judged"] += len(piece)


def without_score(tally: Counter[str], known: list[Known], alone: list[tuple[float, int]]) -> None:
    """Match the tracker's notes with the piece afterwards."""
    left = list(alone)
    for on, _, pitch in known:
        hits = [n for n in left if n[1] == pitch and abs(n[0] - on) <= 0.11]
        if hits:
            left.remove(min(hits, key=lambda n: abs(n[0] - on)))
            tally["alone right"] += 1
    tally["alone extras"] += len(left)


def finds_place(
    heard: NetworkRolls, known: list[Known], event: str, rng: np.random.Generator
) -> bool:
    """Whether the follower is within a bar of the place, one bar after something happened."""
    stretch = float(event) if event[0].isdigit() else 1.0
    begin_s, end_s = known[0][0], known[-1][0]
    at_s = float(rng.uniform(begin_s + min(6 * BAR_S, 0.6 * (end_s - begin_s)), end_s - 2 * BAR_S))
    cut = round(at_s / heard.frame_s)
    back_s = min(4 * BAR_S, at_s - begin_s) if event == "jump" else 0.0
    resume = cut - round(back_s / heard.frame_s)
    gap = round(PAUSE_S / heard.frame_s) if event == "pause" else 0
    onset = [heard.onset[:cut], np.zeros((gap, heard.onset.shape[1]), np.float32)]
    onset = np.concatenate([*onset, heard.onset[resume:]])
    edited = replace(heard, onset=onset, frame=np.zeros_like(onset))
    piece = piece_of(known, stretch)
    follower = Follower(
        np.array([n.onset_s for n in piece]), np.array([n.pitch for n in piece]), 1.0
    )
    attacks = find_attacks(edited)
    until_s = (cut + gap) * heard.frame_s + BAR_S
    for index in np.flatnonzero(
        (attacks.strengths >= WEAKEST) & (attacks.times < until_s)
    ).tolist():
        follower.push(
            float(attacks.times[index]),
            int(attacks.pitches[index]),
            float(attacks.strengths[index]),
        )
    place_s = follower.group_s[max(follower.place, 0)] / stretch
    begun = max(on for on, _, _ in known if on <= at_s - back_s + BAR_S)
    twins = same_passages(known, at_s - back_s, begun)
    return any(abs(place_s - begun - shift) <= BAR_S for shift in twins)


def follow(events: Counter[str], one: Recording, draws: int) -> None:
    """Let the follower find its place in so many performances made of a recording, of each kind."""
    for draw in range(draws):
        for event in ("jump", "pause", *map(str, TEMPI)):
            kind = event if event in ("jump", "pause") else "tempo"
            rng = np.random.default_rng(draw)
            events[f"{kind} all"] += 1
            events[f"{kind} found"] += finds_place(one.heard, one.known, event, rng)


def same_passages(known: list[Known], begin_s: float, end_s: float) -> list[float]:
    """Seconds by which the notes from one moment to another, moved, are notes of the piece again.

    Each has its like within 150 ms, and between the first and the last there are no others. The
    passage itself, 0, is the first.
    """
    passage = [(on, pitch) for on, _, pitch in known if begin_s - 1e-6 <= on <= end_s + 1e-6]
    shifts = [0.0]
    for first, _, pitch in known:
        if not passage or pitch != passage[0][1] or first == passage[0][0]:
            continue
        shift = first - passage[0][0]
        there = [(on - shift, p) for on, _, p in known if abs(on - shift - begin_s) < 60]
        inner = [n for n in there if begin_s + OFF_S <= n[0] <= end_s - OFF_S]
        if all(_has_like(n, there) for n in passage) and all(_has_like(n, passage) for n in inner):
            shifts.append(shift)
    return shifts


def _has_like(note: tuple[float, int], others: list[tuple[float, int]]) -> bool:
    return any(pitch == note[1] and abs(on - note[0]) < OFF_S for on, pitch in others)


def wait_for_all(row: dict[str, str], root: Path, model: OnnxModel) -> tuple[list[float], int]:
    """Milliseconds from the last note of each chord to going on, and chords never completed.

    A performance does not wait: where the next chord begins before one is complete, that one is
    given up.
    """
    shift = float(row.get("truth_shift_s") or 0)
    with (root / row["truth"]).open(newline="") as file:
        known = sorted(
            (float(n["onset_s"]) + shift, float(n["offset_s"]) + shift, int(n["midi_pitch"]))
            for n in csv.DictReader(file)
        )
    piece, spec = piece_of(known), model.spec
    frame_s = spec.hop_samples / spec.sample_rate
    look_ahead = spec.heads[model.head].look_ahead_frames
    waiter = Waiter(piece, frame_s, spec.pitch_low, spec.pitch_count, look_ahead)
    starts = [n.onset_s for n in piece]
    firsts = [i for i, new in enumerate(chord_starts(np.array(starts))) if new] + [len(starts)]
    lasts = [starts[end - 1] for end in firsts[1:]]
    late: list[float] = []
    given_up, hop = 0, 0

    def push(onset: np.ndarray) -> None:
        nonlocal given_up, hop
        hop += 1
        done = waiter.push(onset)
        if done:
            late.append(1000 * (hop * frame_s - lasts[done.chord]))
        following = waiter.next + 1
        # An attack of the next chord is dated 100 ms after it at the earliest.
        if following < len(waiter.chords) and hop * frame_s > starts[firsts[following]] + 0.1:
            waiter.skip()
            given_up += 1

    source = FileSource(root / row["file"])
    model.reset()
    predict_all(source, model, EngineSettings(), head=model.head, on_onset=push)
    source.close()
    return late, given_up


def main() -> int:
    parser = recordings_parser(__doc__, 3)
    parser.add_argument("--draws", type=int, default=4, help="places for the follower a recording")
    parser.add_argument("--groups", default="", help="only these, with commas between")
    parser.add_argument(
        "--mode", default=PracticeMode.FREE, choices=(PracticeMode.FREE, PracticeMode.ALONG)
    )
    parser.add_argument("--wait", action="store_true", help="only how soon wait mode goes on")
    parser.add_argument("--left-out", action="store_true", help="also with groups left out")
    options = parser.parse_args()
    if options.cache:
        options.cache.mkdir(parents=True, exist_ok=True)
    model = OnnxModel(options.model)
    wanted = set(filter(None, options.groups.split(",")))
    tallies: dict[str, Counter[str]] = defaultdict(Counter)
    repetitions: dict[str, Counter[str]] = defaultdict(Counter)
    errors: dict[str, list[float]] = defaultdict(list)
    events: Counter[str] = Counter()
    with options.manifest.open(newline="") as file:
        rows = [r for r in csv.DictReader(file) if not wanted or r["group"] in wanted]
    if options.wait:
        for row in rows:
            late, given_up = wait_for_all(row, options.manifest.parent, model)
            if late:
                middle, most = np.percentile(late, (50, 95))
                heard = f"{len(late)} of {len(late) + given_up} chords"
                print(f"{row['id']}: half within {middle:.0f} ms, 95 % {most:.0f} ms, {heard}")
        return 0
    recordings = []
    for row in rows:
        one = load(row, options.manifest.parent, options.cache, model)
        if not one.known:
            continue
        recordings.append(one)
        tally = tallies[one.group]
        piece = piece_of(one.known)
        faithful = assess(piece, one.heard, PracticeMode(options.mode))
        tally["notes"] += len(piece)
        tally["right"] += sum(v.judgement == "right" for v in faithful.verdicts)
        tally["false"] += sum(
            v.judgement != "right" and v.certainty >= UNSURE for v in faithful.verdicts
        )
        tally["extras"] += sum(extra.certainty >= UNSURE for extra in faithful.extras)
        errors[one.group] += [1000 * abs(v.error_s) for v in faithful.verdicts if v.error_s]
        without_score(tally, one.known, one.alone)
        for seed in range(options.seeds):
            notes, mistakes = put_mistakes(one.known, np.random.default_rng(seed))
            played = piece_of(notes)
            count(tally, played, assess(played, one.heard, PracticeMode(options.mode)), mistakes)
            notes, mistakes = put_repetitions(one.known, np.random.default_rng(seed))
            played = piece_of(notes)
            found = assess(played, one.heard, PracticeMode(options.mode))
            count(repetitions[one.group], played, found, mistakes)
        if one.known[-1][0] - one.known[0][0] > 7 * BAR_S:
            follow(events, one, options.draws)
    print_tables(tallies, errors, events)
    print_repetitions(repetitions)
    if options.left_out:
        from benchmarks.notes.practice_weights import print_left_out

        print_left_out(recordings, model.spec.practice or Strictness(), options.seeds)
    return 0


def print_tables(
    tallies: dict[str, Counter[str]], errors: dict[str, list[float]], events: Counter[str]
) -> None:
    heads = ("group", "notes", "right", "false", "extras", "error ms: half / 95 %", "without score")
    heads = (*heads, "its extras", "mistakes found", "surely", *KINDS, "false with mistakes")
    print("| " + " | ".join(heads) + " |\n|" + " --- |" * len(heads))
    for group, tally in tallies.items():
        notes, known = tally["notes"], errors[group] or [float("nan")]
        found = sum(tally[f"{kind} found"] for kind in KINDS)
        put = sum(tally[f"{kind} all"] for kind in KINDS)
        accused = tally["accused"] + tally["accused extras"]
        cells = [
            group,
            str(notes),
            *(f"{100 * tally[key] / notes:.1f} %" for key in ("right", "false", "extras")),
            f"{np.median(known):.0f} / {np.percentile(known, 95):.0f}",
            *(f"{100 * tally[key] / notes:.1f} %" for key in ("alone right", "alone extras")),
            f"{100 * found / max(1, put):.1f} %",
            f"{100 * sum(tally[f'{kind} sure'] for kind in KINDS) / max(1, put):.1f} %",
            *(f"{tally[f'{kind} found']}/{tally[f'{kind} all']}" for kind in KINDS),
            f"{100 * accused / max(1, tally['judged']):.1f} %",
        ]
        print("| " + " | ".join(cells) + " |")
    for kind in ("jump", "pause", "tempo"):
        if events[f"{kind} all"]:
            print(f"follower, {kind}: {events[f'{kind} found']} of {events[f'{kind} all']}")
    print(json.dumps({group: dict(tally) for group, tally in tallies.items()}))


def print_repetitions(tallies: dict[str, Counter[str]]) -> None:
    """Repetitions left out, and struck once more than the piece says: found, and surely."""
    print("| group | left out: found | surely | struck twice: found | surely | false |")
    print("|" + " --- |" * 6)
    for group, tally in tallies.items():
        accused = (tally["accused"] + tally["accused extras"]) / max(1, tally["judged"])
        cells = [
            f"{tally[f'{kind} {how}']}/{tally[f'{kind} all']}"
            for kind in ("again", "less")
            for how in ("found", "sure")
        ]
        print(f"| {group} | {' | '.join(cells)} | {100 * accused:.1f} % |")


if __name__ == "__main__":
    raise SystemExit(main())
