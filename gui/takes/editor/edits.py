"""Edits of notes: a score and a selection in, a new score and selection out. No Qt, no state."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from gui.takes.editor.score import Score
from realtime.files.quantise import Grid
from realtime.values.notes import Note

SHORTEST_S = 0.02
"""A note cannot be made shorter than this."""


LOWEST, HIGHEST = 21, 108


Selection = frozenset[int]


Edited = tuple[Score, Selection]


def delete(score: Score, chosen: Selection) -> Edited:
    """The notes without the chosen ones."""
    kept = [note for index, note in enumerate(score.notes) if index not in chosen]
    return Score(kept), frozenset()


def move(score: Score, chosen: Selection, seconds: float, semitones: int) -> Edited:
    """The chosen notes moved by seconds and semitones together; stopped at the edges."""
    if not chosen:
        return score, chosen
    notes = [score.notes[index] for index in chosen]
    seconds = max(seconds, -min(note.onset_s for note in notes))
    semitones = max(semitones, LOWEST - min(note.pitch for note in notes))
    semitones = min(semitones, HIGHEST - max(note.pitch for note in notes))
    return _changed(
        score,
        chosen,
        lambda note: replace(
            note,
            onset_s=note.onset_s + seconds,
            offset_s=note.offset_s + seconds,
            pitch=note.pitch + semitones,
        ),
    )


def resize(score: Score, chosen: Selection, seconds: float) -> Edited:
    """The ends of the chosen notes moved by so many seconds."""
    return _changed(
        score,
        chosen,
        lambda note: replace(
            note, offset_s=max(note.offset_s + seconds, note.onset_s + SHORTEST_S)
        ),
    )


def move_start(score: Score, chosen: Selection, seconds: float) -> Edited:
    """The starts of the chosen notes moved by so many seconds; their ends stay."""

    def moved(note: Note) -> Note:
        latest_s = max(note.offset_s - SHORTEST_S, note.onset_s)
        return replace(note, onset_s=min(max(note.onset_s + seconds, 0.0), latest_s))

    return _changed(score, chosen, moved)


def snap(score: Score, chosen: Selection, grid: Grid) -> Edited:
    """The starts of the chosen notes on the grid; their lengths stay."""

    def moved(note: Note) -> Note:
        onset_s = grid.near(note.onset_s)
        return replace(note, onset_s=onset_s, offset_s=onset_s + note.offset_s - note.onset_s)

    return _changed(score, chosen, moved)


def louder(score: Score, chosen: Selection, steps: int) -> Edited:
    """The velocities of the chosen notes up or down, kept in 1-127."""
    return _changed(
        score,
        chosen,
        lambda note: replace(note, velocity=min(max(note.velocity + steps, 1), 127)),
    )


def merge(score: Score, chosen: Selection) -> Edited:
    """Chosen notes of one pitch become one note, from the first start to the last end."""
    by_pitch: dict[int, list[Note]] = {}
    for index in chosen:
        by_pitch.setdefault(score.notes[index].pitch, []).append(score.notes[index])
    merged = [
        replace(
            min(notes, key=lambda note: note.onset_s),
            offset_s=max(note.offset_s for note in notes),
            velocity=max(note.velocity for note in notes),
        )
        for notes in by_pitch.values()
    ]
    kept = [note for index, note in enumerate(score.notes) if index not in chosen]
    return _with_chosen(kept, merged)


def add(score: Score, note: Note) -> Edited:
    """The score with one more note, which is then the chosen one."""
    return _with_chosen(score.notes, [note])


def _changed(score: Score, chosen: Selection, change: Callable[[Note], Note]) -> Edited:
    kept = [note for index, note in enumerate(score.notes) if index not in chosen]
    return _with_chosen(kept, [change(score.notes[index]) for index in sorted(chosen)])


def _with_chosen(kept: Iterable[Note], chosen: list[Note]) -> Edited:
    score = Score([*kept, *chosen])
    wanted = {id(note) for note in chosen}
    return score, frozenset(i for i, note in enumerate(score.notes) if id(note) in wanted)


MOST = 200


class History:
    """The score as it is now, how it was before, and how it was before an undo."""

    def __init__(self, score: Score) -> None:
        self.score = score
        self.chosen: Selection = frozenset()
        self._saved = score
        self._past: list[Edited] = []
        self._future: list[Edited] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether something was taken back."""
        return bool(self._future)

    @property
    def changed(self) -> bool:
        """Whether there is something to save."""
        return self.score is not self._saved

    def saved(self) -> None:
        """The score as it is now is on disk."""
        self._saved = self.score

    def choose(self, chosen: Selection) -> None:
        """Other notes are chosen; that cannot be undone."""
        self.chosen = chosen

    def do(self, edited: Edited) -> None:
        """An edit; what was undone before can no longer be redone. No-op if nothing changed."""
        if edited[0].notes != self.score.notes:
            self._past.append((self.score, self.chosen))
            del self._past[:-MOST]
            self._future.clear()
            self.score, self.chosen = edited

    def undo(self) -> None:
        """Take the last edit back."""
        if self._past:
            self._future.append((self.score, self.chosen))
            self.score, self.chosen = self._past.pop()

    def redo(self) -> None:
        """Do again what was taken back."""
        if self._future:
            self._past.append((self.score, self.chosen))
            self.score, self.chosen = self._future.pop()
