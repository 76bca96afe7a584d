"""The notes that sound now, where there is room for all of them and where there is not."""

import pytest

from gui.bars.now_playing import NowPlaying
from gui.music.sounding import SoundingNote, outer_voices
from gui.style.theme import TYPE

CHORD = [SoundingNote(pitch, 90, 1.0) for pitch in (36, 43, 52, 60, 67, 72, 84)]


def test_inner_voices_are_left_out_first():
    pitches = [[note.pitch for note in outer_voices(CHORD, count)] for count in range(1, 9)]
    assert pitches[0] == [84]
    assert pitches[1] == [36, 84]
    assert pitches[2] == [36, 72, 84]
    assert pitches[3] == [36, 43, 72, 84]
    assert pitches[6] == pitches[7] == [note.pitch for note in CHORD]


@pytest.mark.parametrize("width", [100, 150, 200])
def test_bass_and_melody_stay_and_the_rest_is_counted(qtbot, width):
    view = NowPlaying()
    qtbot.addWidget(view)
    view.resize(width, 52)
    view.show_notes(CHORD)
    notes, _, left_out = view.fitting()
    assert (notes[0].pitch, notes[-1].pitch) == (36, 84)
    assert left_out == f"+{len(CHORD) - len(notes)}"
    assert view.accessibleDescription().startswith("C2 G2 E3 C4 G4 C5 C6")
    view.grab()


def test_how_many_are_left_out_is_drawn(qtbot):
    images = []
    for chord in (CHORD, [*CHORD[:3], *CHORD[4:]]):
        view = NowPlaying()
        qtbot.addWidget(view)
        view.resize(100, 52)
        view.show_notes(chord)
        assert view.fitting()[0] == [CHORD[0], CHORD[-1]]
        images.append(view.grab().toImage())
    assert images[0] != images[1]


def test_nothing_is_counted_where_all_fit(qtbot):
    view = NowPlaying()
    qtbot.addWidget(view)
    view.resize(900, 52)
    view.show_notes(CHORD)
    assert view.fitting() == (CHORD, TYPE.display, "")


def test_notes_that_have_just_ended_go_before_any_that_sound(qtbot):
    view = NowPlaying()
    qtbot.addWidget(view)
    view.resize(110, 52)
    sounding = [SoundingNote(48, 90, 1.0), SoundingNote(64, 90, 1.0)]
    ended = [SoundingNote(pitch, 90, 0.5) for pitch in (72, 76, 79)]
    view.show_notes([*sounding, *ended])
    assert view.fitting()[0] == sounding and view.fitting()[2] == ""
