"""Two notes at once are told from one, of whatever timbre, and one is never taken for two."""

import numpy as np
import pytest

from realtime.teach.listening.cutting import cut
from realtime.teach.listening.voices import second_note, second_notes
from tests.realtime.teach.tones import RATE, one_after_another, pluck

SCALE = (60, 62, 64, 65, 67, 69, 71, 72)
TIMBRES = [(1, 2, 3, 4, 5), (1, 2, 3.93, 6.8), (1, 2.76, 5.4), (1,)]


def steps_of(audio):
    """What sounds with each note that a recording is cut into, in semitones from it."""
    return second_notes(audio, [(one.start, one.end) for one in cut(audio, RATE)], RATE)


@pytest.mark.parametrize("step", [3, 4, 5, 7, 8, 9, 10, 15])
@pytest.mark.parametrize("partials", TIMBRES)
def test_notes_in_parallels_are_two_at_once(partials, step):
    both = [
        pluck(pitch, 0.7, 0.3, partials, fall=2.0)
        + pluck(pitch + step, 0.7, 0.2, partials, fall=2.0)
        for pitch in SCALE
    ]
    found = steps_of(one_after_another(both)[0])
    assert len(found) >= len(SCALE) and np.mean(np.array(found) > 0) > 0.8
    assert np.median(found) == pytest.approx(step, abs=0.3)


def test_three_notes_and_two_instruments_are_more_than_one():
    chords = [sum(pluck(p + s, 0.8, 0.2, (1, 2, 3, 4)) for s in (0, 4, 9)) for p in SCALE]
    assert np.mean(np.array(steps_of(one_after_another(chords)[0])) > 0) > 0.8
    pairs = [
        pluck(p, 0.8, 0.3, range(1, 9), fall=1.0) + pluck(p + 3, 0.8, 0.25, (1, 3, 5, 7), fall=1.0)
        for p in SCALE
    ]
    assert np.mean(np.array(steps_of(one_after_another(pairs)[0])) > 0) > 0.8


ODD = [(2, 3, 4, 5, 6, 7, 8), (1, 3, 5, 7), (0.5, 1, 1.5, 2, 3, 4), (1, 2, 3, 4, 6, 8, 10, 12)]
"""A bass without its lowest partial, a clarinet, an organ with 16' and 5 1/3', one with a third."""
BELL = (0.5, 1, 1.2, 1.5, 2, 2.5, 2.67, 3, 4)


@pytest.mark.parametrize("partials", [*TIMBRES, *ODD, BELL, (1, 4, 10), (1, 5.8), (1, 1.0006, 2)])
def test_a_single_note_of_any_timbre_is_one(partials):
    notes = [pluck(pitch, 0.8, 0.3, partials, fall=2.0) for pitch in (43, 52, *SCALE, 84)]
    assert not any(steps_of(one_after_another(notes)[0]))


def test_vibrato_breath_and_noise_are_no_second_note():
    rng = np.random.default_rng(4)
    time = np.arange(RATE) / RATE
    for cents in (20, 60, 100):
        bend = 2 ** (cents / 1200 * np.sin(2 * np.pi * 5.5 * time))
        phase = 2 * np.pi * 330 * np.cumsum(bend) / RATE
        voice = sum(np.sin(n * phase) / n for n in range(1, 9)) * 0.2
        breath = 0.02 * rng.standard_normal(RATE)
        for sound in (voice, voice + breath, 5 * breath):
            assert second_note(sound.astype(np.float32), np.zeros(0, np.float32), RATE) == 0


def test_a_note_that_rings_into_the_next_is_no_second_one():
    """A harp, a kalimba: every note sounds on through those that follow."""
    audio, starts = one_after_another([pluck(pitch, 0.5) for pitch in SCALE])
    for start, pitch in zip(starts, SCALE, strict=True):
        ring = pluck(pitch, 3.0, 0.15, (1, 2, 3), fall=1.2)
        begin = int(start * RATE)
        audio[begin : begin + len(ring)] += ring[: len(audio) - begin]
    found = steps_of(audio)
    assert len(found) >= len(SCALE) and not any(found)
