"""Collects the verdicts of a run and sums them up."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from realtime.practice.assess import Assessment, Extra
from realtime.practice.live.plan import PracticePlan
from realtime.practice.pieces import Piece, bar_index
from realtime.practice.report import JUDGEMENTS, UNSURE, summary
from realtime.practice.verdicts import RIGHT, Verdict
from realtime.values.snapshot import ExtraNote, JudgedNote, PracticeState


@dataclass
class Performance:
    """Verdicts and totals of one run, gathered from snapshots.

    Args:
        piece: with all its parts.
        plan: of the run.
        run: its number.
    """

    piece: Piece
    plan: PracticePlan
    run: int
    state: PracticeState = field(default_factory=PracticeState)
    shown: dict[int, JudgedNote] = field(default_factory=dict)
    """Note -> its verdict in this round of a loop."""
    latest: dict[tuple[int, int], JudgedNote] = field(default_factory=dict)
    """(round, note) -> its verdict."""

    def take(self, state: PracticeState) -> None:
        """Take the newest state of this run."""
        before, self.state = self.state, state
        if state.round != before.round:
            self.shown = {n: v for n, v in self.shown.items() if v.round == state.round}
        first = len(before.judged)
        if state.final != before.final or len(state.judged) < first:
            self.shown, self.latest, first = {}, {}, 0
        for verdict in state.judged[first:]:
            self.latest[verdict.round, verdict.note] = verdict
            if verdict.round == state.round:
                self.shown[verdict.note] = verdict

    @property
    def extras(self) -> list[ExtraNote]:
        """Notes of this round that the piece does not have."""
        return [extra for extra in self.state.extras if extra.round == self.state.round]

    @property
    def counts(self) -> dict[str, int]:
        """How many of each verdict there were, in all rounds; unsure mistakes apart."""
        counts = dict.fromkeys((*JUDGEMENTS, "extra", "unsure"), 0)
        for verdict in self.latest.values():
            counts[kind_of(verdict)] += 1
        for extra in self.state.extras:
            counts["extra" if extra.certainty >= UNSURE else "unsure"] += 1
        return counts

    @property
    def mistakes(self) -> dict[int, int]:
        """Index of a bar, in the order of playing -> mistakes in it that count, in all rounds."""
        mistakes: Counter[int] = Counter()
        for verdict in self.latest.values():
            if kind_of(verdict) not in (RIGHT, "unsure"):
                mistakes[bar_index(self.piece, self.plan.notes[verdict.note].onset_s)] += 1
        for extra in self.state.extras:
            if extra.certainty >= UNSURE:
                mistakes[bar_index(self.piece, extra.place_s)] += 1
        return dict(mistakes)

    def _bar(self, index: int) -> dict[str, Any]:
        """Number of a bar and what is printed at it."""
        if not self.piece.bars:
            return {"bar": 1, "printed": "1"}
        bar = self.piece.bars[index]
        return {"bar": bar.number, "printed": bar.printed}

    def summary(self) -> dict[str, Any]:
        """Figures of the run, as `jtm practice --json` has them, with unsure mistakes set aside.

        `right_share` is the part of the notes that were judged and are not unsure.
        """
        rows = sorted(self.latest.values(), key=lambda each: (each.round, each.note))
        notes = tuple(self.plan.notes[each.note] for each in rows)
        verdicts = tuple(
            Verdict(
                each.judgement,
                None if each.error_ms is None else each.error_ms / 1000,
                each.certainty,
            )
            for each in rows
        )
        extras = tuple(Extra(e.place_s, e.pitch, e.certainty) for e in self.state.extras)
        piece = Piece(self.piece.title, self.piece.parts, notes, self.piece.bars)
        assessment = Assessment(verdicts, extras, (True,) * len(rows), (), self.state.tempo)
        figures = summary(piece, assessment)
        counts = self.counts
        sure = sum(counts[name] for name in JUDGEMENTS)
        figures["right_share"] = round(counts[RIGHT] / sure, 4) if sure else 0.0
        figures.update({name: counts[name] for name in JUDGEMENTS})
        figures["unsure"], figures["extras"] = counts["unsure"], counts["extra"]
        order = sorted(self.mistakes.items(), key=lambda row: (-row[1], row[0]))
        figures["bad_bars"] = [
            {**self._bar(index), "index": index, "mistakes": count} for index, count in order
        ]
        tempo = self.state.rate if self.plan.mode.follows else self.state.tempo
        figures["tempo_percent"] = round(100 * tempo) if self.plan.mode.judges_time else None
        return figures


def kind_of(verdict: JudgedNote) -> str:
    """The verdict as it is shown: a mistake that is unsure is nothing but unsure."""
    if verdict.judgement != RIGHT and verdict.certainty < UNSURE:
        return "unsure"
    return verdict.judgement
