"""Bars under the notes of a take, edits that snap to them, bends drawn, and the menu of a note."""

import numpy as np
import pytest
from PySide6.QtGui import QAction

from gui.style.theme import DARK, note_colour
from gui.takes.editor import edits
from gui.takes.editor.context_menu import note_menu
from gui.takes.editor.gestures import Gesture, Spot
from gui.takes.editor.picture import bent_line
from gui.takes.editor.roll import TakeRoll
from gui.takes.editor.score import Score
from realtime.files.click import Click
from realtime.files.quantise import beats_a_bar, find_beats, grid_of
from realtime.values.notes import Note

CLICK = Click(100.0, 3, 0.37)
BEAT_S = 0.6


def note(onset_s: float, pitch: int = 60, length_s: float = 0.3) -> Note:
    return Note(onset_s, onset_s + length_s, pitch, 80, onset_s)


@pytest.fixture
def roll(qtbot) -> TakeRoll:
    roll = TakeRoll()
    qtbot.addWidget(roll)
    roll.resize(800, 300)
    roll.open(Score([note(1.0), note(2.0, 64)]), 10.0, CLICK)
    roll.show()
    return roll


def test_a_dragged_note_lands_on_the_grid_and_its_end_too():
    score, grid = Score([note(1.0), note(2.0, 64)]), grid_of(CLICK, 2)
    start = Spot(1.05, 60, 100, 100)
    moved, chosen = Gesture(score, frozenset(), start, 100).to(Spot(1.5, 60, 145, 100), grid)
    onset_s = moved.notes[min(chosen)].onset_s
    assert (onset_s - CLICK.first_beat_s) / (BEAT_S / 2) == pytest.approx(4)
    end = Spot(1.29, 60, 129, 100)
    longer, chosen = Gesture(score, frozenset(), end, 100).to(Spot(2.2, 60, 220, 100), grid)
    offset_s = longer.notes[min(chosen)].offset_s
    assert (offset_s - CLICK.first_beat_s) / (BEAT_S / 2) == pytest.approx(6)
    free, chosen = Gesture(score, frozenset(), start, 100).to(Spot(1.5, 60, 145, 100))
    assert free.notes[min(chosen)].onset_s == pytest.approx(1.45)


def test_snapping_keeps_lengths_and_never_goes_before_the_take():
    score = Score([note(0.02), note(1.0), note(2.0, 64, 1.1)])
    snapped, _ = edits.snap(score, frozenset({0, 2}), grid_of(CLICK, 1))
    lengths = [each.offset_s - each.onset_s for each in snapped.notes]
    assert lengths == pytest.approx([0.3, 0.3, 1.1])
    assert [each.onset_s for each in snapped.notes] == pytest.approx([0.37, 1.0, 2.17])


def test_keys_and_new_notes_follow_the_grid(roll):
    from gui.takes.editor.commands import Commands
    from gui.takes.editor.key_bindings import TakeAction

    commands = Commands(roll, lambda: None)
    roll.snap = "1/8"
    roll.choose(frozenset({0}))
    commands.do(TakeAction.RIGHT)
    (moved,) = roll.chosen_notes()
    assert (moved.onset_s - 0.37) / 0.3 == pytest.approx(3)
    roll.add(3.1, 70)
    (added,) = roll.chosen_notes()
    assert (added.onset_s - 0.37) / 0.3 == pytest.approx(9)
    assert added.offset_s - added.onset_s == pytest.approx(0.3)
    commands.do(TakeAction.CHOOSE_ALL)
    commands.do(TakeAction.SNAP)
    steps = [(each.onset_s - 0.37) / 0.3 for each in roll.history.score.notes]
    assert steps == pytest.approx([round(step) for step in steps])
    roll.show_beats(None)
    commands.do(TakeAction.UNDO)
    commands.do(TakeAction.RIGHT)
    assert roll.grid is None


def columns(roll: TakeRoll) -> set[int]:
    """Pixels at which a vertical line stands, in a row without notes."""
    image = roll.grab().toImage()
    y = image.height() - 2
    ground = {}
    for x in range(image.width()):
        ground.setdefault(image.pixelColor(x, y).name(), set()).add(x)
    usual = max(ground, key=lambda colour: len(ground[colour]))
    return {x for colour, places in ground.items() if colour != usual for x in places}


def test_lines_stand_where_the_beats_are(roll):
    view = roll.camera.viewport(roll.width(), roll.height())
    beats = [0.37 + k * BEAT_S for k in range(int(roll.camera.end_s / BEAT_S))]
    wanted = {round((at - roll.camera.start_s) * view.pixels_per_second) for at in beats}
    ratio = roll.devicePixelRatioF()
    lines = columns(roll)
    for x in wanted:
        assert any(abs(x * ratio - line) <= 2 for line in lines), (x, sorted(lines))


@pytest.mark.parametrize(("bpm", "start_s"), [(72.0, 0.4), (97.0, 3.1), (140.0, 0.05)])
def test_beats_are_found_where_the_notes_keep_them(bpm, start_s):
    beat_s = 60 / bpm
    steps = [0, 1, 1.5, 2, 3, 4, 5, 5.5, 6, 7, 8, 9, 9.5, 10, 11, 12, 14, 15, 16]
    jitter = [0.008 * ((k * 7) % 5 - 2) for k in range(len(steps))]
    found = find_beats([note(start_s + s * beat_s + j) for s, j in zip(steps, jitter, strict=True)])
    assert found is not None
    assert found.bpm in (pytest.approx(bpm, rel=0.01), pytest.approx(2 * bpm, rel=0.01))
    off = (found.first_beat_s - start_s) * found.bpm / 60
    assert abs(off - round(off)) < 0.08


def accompanied(beats: int, bars: int, bpm: float, seed: int) -> list[Note]:
    """Bass on one, chords on the other beats, a melody above that keeps to no metre."""
    chance, beat_s, notes = np.random.default_rng(seed), 60 / bpm, []
    for beat in range(bars * beats):
        at_s = 0.5 + beat * beat_s + chance.normal(0, 0.01)
        low = beat % beats == 0 or (beats == 4 and beat % 4 == 2 and chance.random() < 0.7)
        for pitch in (40 + int(chance.integers(0, 8)),) if low else (55, 59, 62):
            velocity = int(chance.integers(60, 90))
            notes.append(Note(at_s, at_s + 0.8 * beat_s, pitch, velocity, at_s))
        if chance.random() < 0.7:
            half = at_s + beat_s / 2 * int(chance.integers(0, 2))
            notes.append(Note(half, half + 0.4 * beat_s, 72 + int(chance.integers(0, 8)), 80, half))
    return sorted(notes, key=lambda each: each.onset_s)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("beats", [3, 4])
def test_a_waltz_has_three_beats_a_bar_and_a_march_four(beats, seed):
    music = accompanied(beats, 16, 100.0, seed)
    assert beats_a_bar(music, 100.0, 0.5) == beats
    assert beats_a_bar(music[:12], 100.0, 0.5) == 4, "too little to tell"


@pytest.mark.parametrize("seed", range(5))
def test_music_without_a_metre_is_taken_for_four(seed):
    chance = np.random.default_rng(seed)
    notes = [note(0.5 * k, int(chance.integers(40, 80)), 0.4) for k in range(60)]
    assert beats_a_bar(notes, 120.0, 0.0) == 4


def test_no_beats_are_invented():
    onsets = np.cumsum(np.random.default_rng(3).uniform(0.15, 1.3, 80))
    assert find_beats([note(float(at)) for at in onsets]) is None
    assert find_beats([note(0.5 * k) for k in range(5)]) is None


def test_bends_lie_on_the_note_that_sounds_alone():
    notes = [note(1.0, 69, 1.0), note(3.0, 60, 1.0), note(3.5, 64, 1.0)]
    bends = [(0.5, 90.0), (1.0, 0.0), (1.5, 30.0), (2.5, 80.0), (3.2, -50.0), (3.7, 10.0)]
    assert bent_line(notes, bends) == ((1.0, 69.0), (1.5, 69.3), (3.2, 59.5), (3.7, 64.1))


def words(menu) -> dict[str, QAction]:
    return {action.text().split("\t")[0]: action for action in menu.actions() if action.text()}


def test_the_menu_of_a_note_does_what_it_says(roll):
    done = []
    roll.choose(frozenset({0}))
    menu = words(note_menu(roll, Spot(1.1, 60, 0, 0), done.append))
    assert len(menu) <= 10 and not menu["Merge"].isEnabled() and not menu["Undo"].isEnabled()
    for name in ("Delete", "Louder", "Start on the grid", "Repeat the chosen notes"):
        menu[name].trigger()
    assert done == ["delete", "louder", "snap", "loop"]
    sought = []
    roll.sought.connect(sought.append)
    menu["Play from here"].trigger()
    assert sought == [1.1] and done[-1] == "play_here"


def test_bars_are_corrected_in_the_menu(roll):
    def choose(words_of_bars: str) -> Click:
        (bars,) = (
            action.menu()
            for action in note_menu(roll, Spot(1.6, 60, 0, 0), lambda action: None).actions()
            if action.text() == "Bars"
        )
        words(bars)[words_of_bars].trigger()
        return roll.beats

    roll.choose(frozenset())
    assert choose("Half the tempo") == Click(50.0, 3, 0.37)
    assert choose("Twice the tempo") == CLICK
    assert choose("4 beats a bar") == Click(100.0, 4, 0.37)
    moved = choose("A bar begins here")
    bars = (moved.first_beat_s - 1.57) / moved.bar_s
    assert bars == pytest.approx(round(bars))
    assert roll.picture.beats == moved


def test_the_menu_of_an_empty_place_adds_a_note_there(roll):
    roll.choose(frozenset())
    roll.show_beats(None)
    menu = words(note_menu(roll, Spot(4.0, 72, 0, 0), lambda action: None))
    assert not menu["All starts on the grid"].isEnabled()
    menu["A new note here"].trigger()
    (added,) = roll.chosen_notes()
    assert (added.onset_s, added.pitch) == (4.0, 72)
    assert note_colour(DARK, 72, 80)
