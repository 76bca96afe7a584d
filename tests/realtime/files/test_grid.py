from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.files.note_files import Heading, write_midi
from realtime.files.quantise import guess_tempo, quantised
from realtime.values.notes import Note


def pulse(bpm: float, count: int = 32, jitter: float = 0.0) -> list[Note]:
    beat = 60 / bpm
    return [
        Note(1 + i * beat / 2 + (jitter if i % 3 else -jitter), 1 + (i + 1) * beat / 2, 60, 80, 0)
        for i in range(count)
    ]


@pytest.mark.parametrize("bpm", [72.0, 90.0, 112.0, 138.0])
def test_the_tempo_of_even_notes_is_found_or_twice_or_half_of_it(bpm):
    guess = guess_tempo(pulse(bpm, jitter=0.008))
    assert min(abs(guess - part * bpm) for part in (0.5, 1, 2)) < 1.0


def test_few_notes_tell_no_tempo():
    assert guess_tempo(pulse(90, count=3)) == 120.0


def test_quantised_notes_stand_on_the_grid_and_the_raw_ones_stay():
    raw = pulse(120, jitter=0.02)
    moved = quantised(raw, 120, 4)
    origin = raw[0].onset_s
    for note in moved:
        assert (note.onset_s - origin) / 0.125 == pytest.approx(
            round((note.onset_s - origin) / 0.125), abs=1e-6
        )
    assert raw == pulse(120, jitter=0.02)
    assert quantised(raw, 120, 0) == raw


def test_half_strength_moves_half_way():
    notes = [Note(0, 0.5, 60, 80, 0), Note(0.54, 1.0, 62, 80, 0)]
    moved = quantised(notes, 120, 2, strength=0.5)
    assert moved[1].onset_s == pytest.approx(0.52)


NOTES = st.lists(
    st.builds(
        lambda onset, length, pitch, velocity: Note(onset, onset + length, pitch, velocity, onset),
        st.floats(0, 60),
        st.floats(0.02, 4),
        st.integers(21, 108),
        st.integers(1, 127),
    ),
    max_size=30,
)


@given(NOTES, st.sampled_from([1, 2, 3, 4]))
def test_quantised_notes_of_a_pitch_never_overlap(notes, steps):
    moved = quantised(notes, 100, steps)
    for pitch in {note.pitch for note in moved}:
        row = [note for note in moved if note.pitch == pitch]
        for before, after in pairwise(row):
            assert before.offset_s <= after.onset_s + 1e-9
    assert all(note.offset_s > note.onset_s for note in moved)


def test_another_tempo_keeps_the_seconds(tmp_path):
    mido = pytest.importorskip("mido")
    write_midi(pulse(90), tmp_path / "a.mid", Heading("a", bpm=90))
    file = mido.MidiFile(tmp_path / "a.mid")
    assert file.length == pytest.approx(pulse(90)[-1].offset_s, abs=0.01)
    tempi = [message.tempo for message in file.tracks[0] if message.type == "set_tempo"]
    assert mido.tempo2bpm(tempi[0]) == pytest.approx(90, abs=0.01)
