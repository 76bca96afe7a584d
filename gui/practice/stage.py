"""The stage: strip of bars, notes to come, keys and the bar of buttons below them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.language.translate import tr
from gui.practice.bar_strip import BarStrip
from gui.practice.bottom_bar import BottomBar
from gui.practice.performance import Performance
from gui.practice.result import ResultCard
from gui.practice.score_roll import ScoreRoll
from gui.practice.stretch import Stretch
from gui.roll.keyboard import Keyboard
from gui.style.note_style import NoteInk
from realtime.practice.live.plan import PracticePlan, beats_of
from realtime.practice.pieces import Piece, PieceNote, bar_index
from realtime.values.practice_modes import PracticeMode
from realtime.values.snapshot import PracticeState, Snapshot

GLIDE = 9.0
"""Part of the way to the next chord that the picture goes in a second, where it waits."""


class Stage(QWidget):
    """Shows a piece at rest, or a run through it."""

    def __init__(self) -> None:
        super().__init__()
        self.strip, self.bar = BarStrip(), BottomBar()
        self.roll, self.keyboard = ScoreRoll(), Keyboard()
        self.result = ResultCard(self.roll)
        self._piece: Piece | None = None
        self._beats: list[float] = []
        self._loop: tuple[int, int] | None = None
        self._shown_s = 0.0
        keys = QHBoxLayout()
        keys.setSpacing(0)
        keys.addWidget(self.keyboard)
        keys.addWidget(self.roll, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strip)
        column.addLayout(keys, 1)
        column.addWidget(self.bar)
        self.roll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_ink(self, ink: NoteInk) -> None:
        """Draw in another theme or naming."""
        for part in (self.roll, self.keyboard, self.strip, self.bar, self.result):
            part.set_ink(ink)

    def show_piece(
        self, piece: Piece, mine: tuple[PieceNote, ...], others: tuple[PieceNote, ...]
    ) -> None:
        """Another piece, or other parts of it."""
        self._piece = piece
        self._beats = [beat for beat, _ in beats_of(piece.bars)]
        self.roll.show_piece(piece, mine, others)
        self.strip.show_piece(piece)

    def show_keys(self, snapshot: Snapshot) -> None:
        """Light the keys that are heard."""
        lit = {note.pitch: note.velocity for note in snapshot.notes if note.offset_s is None}
        self.keyboard.show_keys(lit, self.roll.fit())

    def rest(self, stretch: Stretch, plan: PracticePlan) -> None:
        """Show the place where a run would begin."""
        begin_s, end_s = stretch.bounds_s
        self._loop, self._shown_s = stretch.loop, begin_s
        looped = (begin_s, min(end_s, plan.last_s)) if stretch.loop is not None else None
        chosen = [plan.notes[index] for index in plan.chosen]
        following = tuple(n.pitch for n in chosen if n.onset_s < chosen[0].onset_s + 0.03)
        self.roll.show_moment(begin_s, {}, [], following, looped)
        self.keyboard.show_next(following)
        self.bar.loop.setChecked(stretch.loop is not None)
        self.bar.tally.show_counts({})
        self.bar.show_next((), self.roll.large)
        self.strip.show_moment(begin_s, stretch.loop, {})
        self._show_place(begin_s)

    def show_run(self, run: Performance, now_s: float, passed_s: float, running: bool) -> None:
        """Show a moment of a run.

        Args:
            run: as far as it is known.
            now_s: of the stream.
            passed_s: since the picture before.
            running: whether it goes on.
        """
        state, plan = run.state, run.plan
        place_s = state.place_s + state.rate * max(0.0, now_s - state.at_s)
        if plan.mode is PracticeMode.WAIT:
            self._shown_s += (place_s - self._shown_s) * min(1.0, GLIDE * passed_s)
        else:
            self._shown_s = _limited(place_s, state, plan)
        looped = (plan.start_s, plan.last_s) if plan.loop else None
        following = state.next if running else ()
        self.roll.show_moment(
            self._shown_s, run.shown, run.extras, following, looped, state.beats_left
        )
        self.keyboard.show_next(following)
        self.bar.tally.show_counts(run.counts)
        silent = running and state.silent
        words = tr("No output: click and other parts are not heard") if silent else ""
        self.bar.show_next(following, self.roll.large, words)
        self.strip.show_moment(self._shown_s, self._loop, {} if running else run.mistakes)
        self._show_place(state.place_s)

    def _show_place(self, place_s: float) -> None:
        if self._piece is None or not self._piece.bars:
            return
        bars, place_s = self._piece.bars, max(place_s, 0.0)
        index = bar_index(self._piece, place_s)
        begun_s = bars[index].onset_s - 1e-3
        beat = sum(1 for at_s in self._beats if begun_s <= at_s <= place_s + 1e-3)
        self.bar.show_place(bars[index].printed, bars[-1].printed, max(1, beat))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the result in the middle."""
        super().resizeEvent(event)
        if self.result.isVisible():
            self.result.place()


def _limited(place_s: float, state: PracticeState, plan: PracticePlan) -> float:
    """Who plays freely is not overtaken: the picture waits at the next note."""
    if not plan.mode.follows:
        return min(place_s, plan.last_s)
    following = [n.onset_s for n in plan.notes if n.onset_s > state.place_s + 0.03]
    return min(place_s, following[0] if following else plan.last_s)
