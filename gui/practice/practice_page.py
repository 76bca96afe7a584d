"""The page of practice: a piece is chosen, played, heard and judged."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from gui.controller.frame import Frame
from gui.language.engine_messages import in_words
from gui.language.translate import Text, tr, translated
from gui.practice.chooser import Chooser
from gui.practice.controls import STEP, Controls
from gui.practice.loader import PieceLoader
from gui.practice.performance import Performance
from gui.practice.stage import Stage
from gui.practice.stretch import Stretch
from gui.roll.clock import RollClock
from gui.style.note_style import NoteInk
from realtime.practice.history import add_run, history_row, last_run
from realtime.practice.live.plan import PracticePlan, plan_of
from realtime.practice.pieces import Piece, audible, bar_index, transposed
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble
from realtime.values.practice_modes import TOLERATED_LOSS_S, PracticeMode
from realtime.values.snapshot import PracticeState

KNOWN = range(21, 109)
"""Pitches that the model hears."""
LOW = 300
"""Pixels of height below which only notes and the bar below them are shown."""


class PracticePage(QWidget):
    """Starts and stops runs of practice, and shows the verdicts that the engine reports."""

    said = Signal(object)
    failed = Signal(object)
    plan_wanted = Signal(object)
    """A run should begin; carries its `PracticePlan`."""
    stop_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.chooser, self.loader = Chooser(), PieceLoader()
        self.controls, self.stage = Controls(), Stage()
        self.strip, self.roll = self.stage.strip, self.stage.roll
        self.bar, self.result = self.stage.bar, self.stage.result
        self.takes = Path()
        self.piece: Piece | None = None
        """The piece as it sounds on the player's instrument."""
        self.performance: Performance | None = None
        self.read: Piece | None = None  # as it is written
        self._stretch: Stretch | None = None
        self._running = self._warned = False
        self._name = ""
        self._told: tuple[Trouble, ...] = ()
        self._lost_s = self._lost_before_s = 0.0
        self._run_before = 0
        self._listening = False
        self._clock = RollClock()
        self._now_s = 0.0
        self._last_state = PracticeState()
        self.stack = QStackedWidget()
        playing = QWidget()
        column = QVBoxLayout(playing)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.controls)
        column.addWidget(self.stage, 1)
        self.stack.addWidget(self.chooser)
        self.stack.addWidget(playing)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.stack)
        self._connect()

    def _connect(self) -> None:
        self.chooser.chosen.connect(self.open)
        self.loader.loaded.connect(self.show_piece)
        self.loader.failed.connect(self._refuse)
        self.controls.changed.connect(self._chosen)
        self.controls.back.connect(self.choose)
        self.controls.repeats.triggered.connect(lambda: self.open(self._name))
        self.controls.large_wanted.connect(self._enlarge)
        self.strip.placed.connect(self._begin_at)
        self.strip.dragged.connect(self._repeat)
        self.roll.placed.connect(self._place)
        self.bar.begun.connect(self.toggle)
        self.bar.loop_clicked.connect(self._toggle_loop)
        self.result.again.connect(self.begin)
        self.result.bar_wanted.connect(self._practise_bar)
        self.result.closed.connect(self.result.hide)

    @property
    def home(self) -> QWidget:
        """What takes the keys where no control of the page has them."""
        return self.chooser.list if self.stack.currentIndex() == 0 else self.roll

    @property
    def message_place(self) -> QWidget:
        """Widget over which messages lie."""
        return self.chooser if self.stack.currentIndex() == 0 else self.roll

    def set_ink(self, ink: NoteInk) -> None:
        """Draw in another theme or naming."""
        self.stage.set_ink(ink)
        self.controls.set_theme(ink.theme)

    def zoom_time(self, factor: float) -> None:
        """Show `factor` times as many seconds."""
        self.roll.zoom(factor)

    def reset_view(self) -> None:
        """Return the score to its usual zoom."""
        self.roll.zoom(0.0)

    def enter(self, takes: Path) -> None:
        """The page is seen from now on; takes lie in this folder."""
        self.takes = takes
        self.chooser.refresh(takes)
        self.home.setFocus()

    def leave(self) -> None:
        """The page is no longer seen: nobody plays."""
        self.stop()

    def choose(self) -> None:
        """Show the list of pieces."""
        self.stop()
        self.result.hide()
        self.chooser.show_hint("")
        self.chooser.refresh(self.takes)
        self.stack.setCurrentIndex(0)
        self.chooser.list.setFocus()

    def open(self, name: str) -> None:
        """Open a piece by the name of a file, a take or a bundled piece."""
        self.stop()
        self.chooser.show_hint(tr("Reading {name} …", name=Path(name).name))
        self._name, self._told = name, ()
        self.loader.open(name, self.takes, self.controls.repeats.isChecked())

    def show_piece(self, piece: Piece) -> None:
        """A piece is there: show its beginning."""
        self.read = piece
        self.controls.show_piece(piece)
        self.performance = None
        self.result.hide()
        self._take_piece(keep=False)
        self.stack.setCurrentIndex(1)
        self.roll.setFocus()

    def _refuse(self, trouble: Trouble) -> None:
        self.chooser.show_hint(in_words(trouble))
        if self.stack.currentIndex() == 1:
            self.failed.emit(in_words(trouble))

    def _take_piece(self, keep: bool) -> None:
        """Use the piece at the chosen transposition; `keep` the place."""
        assert self.read is not None
        before = self._stretch
        self.piece = transposed(self.read, self.controls.transpose)
        try:
            self._tell(audible(self.piece, KNOWN).remarks)
        except UserError as error:
            self.failed.emit(in_words(error.trouble))
        self._stretch = before if keep and before is not None else Stretch(self.piece)
        plan = self._plan()
        self.stage.show_piece(self.piece, plan.notes, plan.others)
        self._rest()

    def _tell(self, remarks: tuple[Trouble, ...]) -> None:
        """Say what of the piece is not read as it sounds or not heard, each once."""
        new = [in_words(remark) for remark in remarks if remark not in self._told]
        self._told += remarks
        if new:
            self.said.emit(Text(lambda: " ".join(translated(words) for words in new)))

    def _plan(self) -> PracticePlan:
        """What the controls say now."""
        assert self.piece is not None and self._stretch is not None
        controls = self.controls
        begin_s, end_s = self._stretch.bounds_s
        return plan_of(
            self.piece,
            controls.mine,
            KNOWN,
            mode=controls.mode,
            tempo=controls.tempo.value() / 100,
            start_s=begin_s,
            end_s=end_s,
            loop=self._stretch.loop is not None,
            adapts=controls.adapt.isChecked(),
            click=controls.click.isChecked(),
            accompanies=controls.accompany.isChecked(),
            count_in=controls.count_in.isChecked(),
        )

    def _chosen(self) -> None:
        """A choice has changed: what runs ends, its verdicts go with it."""
        self.stop()
        if self.read is not None:
            self.performance = None
            self.result.hide()
            self._take_piece(keep=True)

    def _moved(self) -> None:
        """Another place to begin at was chosen."""
        self.stop()
        self.performance = None
        self.result.hide()
        self._rest()

    def _begin_at(self, index: int) -> None:
        if self._stretch is not None:
            self._stretch.begin_at(index)
            self._moved()

    def _repeat(self, first: int, last: int) -> None:
        if self._stretch is not None and self._stretch.loop != (first, last):
            self._stretch.repeat(first, last)
            self._moved()

    def _toggle_loop(self) -> None:
        if self._stretch is not None:
            self._stretch.toggle()
            self._moved()

    def _place(self, place_s: float) -> None:
        """A click on the notes while nothing runs: begin in that bar."""
        if self.piece is not None and not self._running:
            self._begin_at(bar_index(self.piece, place_s))

    def _practise_bar(self, index: int) -> None:
        """Repeat a bar that went badly."""
        assert self.piece is not None and self._stretch is not None
        self._stretch.repeat(index, index)
        self._moved()
        self.begin()

    def toggle(self) -> None:
        """Begin to practise, or stop."""
        if self._running:
            self.stop()
        else:
            self.begin()

    def begin(self) -> None:
        """Begin where it is chosen, unless nothing can be heard."""
        if self.piece is None or self.stack.currentIndex() == 0:
            return
        if not self._listening:
            self.failed.emit(
                tr("No sound comes in, so nothing can be judged: choose a microphone first.")
            )
            return
        plan = self._plan()
        if not plan.chosen:
            self.failed.emit(tr("There are no notes to play from here on: choose other bars."))
            return
        self.result.hide()
        self._running, self._run_before = True, self._last_state.run
        self._lost_before_s = self._lost_s
        self.performance = Performance(self.piece, plan, 0)
        self.bar.show_running(True)
        self.roll.setFocus()
        if plan.others and plan.accompanies and not self._warned:
            self._warned = True
            self.said.emit(tr("Use headphones: the microphone hears loudspeakers too."))
        self.plan_wanted.emit(plan)

    def stop(self) -> None:
        """Stop playing; the verdicts stay to be seen."""
        if self._running:
            self.stop_wanted.emit()

    def show_frame(self, frame: Frame) -> None:
        """Show one picture of the engine: place, verdicts, tally."""
        snapshot = frame.snapshot
        self._listening = snapshot.state == "listening"
        self._lost_s = snapshot.lost_s
        before_s = self._now_s
        self._now_s = self._clock.update(snapshot.stream_s, frame.wall_s)
        state = self._last_state = snapshot.practice
        run = self.performance
        if run is None or not self._is_ours(state, run):
            if self._running and snapshot.state in ("failed", "starting"):
                self._running = False
            self.stage.show_keys(snapshot)
            self.bar.show_running(self._running)
            return
        run.take(state)
        self.stage.show_keys(snapshot)
        self.stage.show_run(run, self._now_s, max(0.0, self._now_s - before_s), self._running)
        if self._running and state.state == "ended" and state.final:
            self._running = False
            self._finish(run)
        self.bar.show_running(self._running)

    def _is_ours(self, state: PracticeState, run: Performance) -> bool:
        """Whether a state is of the run that was begun here last."""
        if not run.run and state.run > self._run_before:
            run.run = state.run
        return bool(run.run) and state.run == run.run

    def _finish(self, run: Performance) -> None:
        """A run has ended: show what it came to, and keep it."""
        if not run.latest:
            self._rest()
            return
        figures, plan = run.summary(), run.plan
        bars = [plan.notes[note].bar for _, note in run.latest]
        mine = self.controls.mine
        parts = (
            ""
            if len(mine) == len(run.piece.parts)
            else " + ".join(run.piece.parts[part] for part in sorted(mine))
        )
        row = history_row(
            figures, parts=parts, mode=plan.mode, first_bar=min(bars), last_bar=max(bars)
        )
        last = last_run(run.piece.title, plan.mode)
        self.result.show_run(figures, run.counts, last)
        if (lost_s := self._lost_s - self._lost_before_s) >= TOLERATED_LOSS_S:
            self.failed.emit(in_words(Trouble(Code.PRACTICE_LOST, seconds=lost_s)))
            return
        try:
            add_run(row)
        except UserError as error:
            self.failed.emit(in_words(error.trouble))

    def _rest(self) -> None:
        """Show the place where it would begin."""
        assert self._stretch is not None
        self.stage.rest(self._stretch, self._plan())

    def _enlarge(self) -> None:
        """Large notes and nothing else, or the usual view."""
        self.roll.large = not self.roll.large
        self.controls.large.setChecked(self.roll.large)
        self._arrange()

    def press(self, event: QKeyEvent) -> bool:
        """What a key asks for, where it is one of ours."""
        if self.stack.currentIndex() == 0 or self._stretch is None:
            return False
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(key), 0)
        faster = {Qt.Key.Key_Up: STEP, Qt.Key.Key_Down: -STEP}.get(Qt.Key(key), 0)
        if step and shift:
            self._stretch.extend(step)
            self._moved()
        elif step:
            self._stretch.move(step)
            self._moved()
        elif faster:
            self.controls.tempo.setValue(self.controls.tempo.value() + faster)
        elif key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.toggle()
        elif Qt.Key.Key_1 <= key < Qt.Key.Key_1 + len(PracticeMode):
            self.controls.choose_mode(key - Qt.Key.Key_1)
        elif key == Qt.Key.Key_L:
            self._toggle_loop()
        elif key == Qt.Key.Key_A:
            self.controls.accompany.trigger()
        elif key == Qt.Key.Key_G:
            self._enlarge()
        elif key == Qt.Key.Key_O:
            self.choose()
        else:
            return False
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle keys that no control used."""
        if not self.press(event):
            super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        """May become small: then only the notes are shown."""
        return QSize(240, 100)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show all, or the notes alone."""
        super().resizeEvent(event)
        self._arrange()
        if self.result.isVisible():
            self.result.place()

    def _arrange(self) -> None:
        roomy = self.height() >= LOW and not self.roll.large
        self.controls.setVisible(roomy)
        self.stage.strip.setVisible(roomy)
        self.roll.update()
