"""Players that no recording has: drawn timbres and singing voices, heard and labelled alike."""

import numpy as np
import pytest

from trainer.render.music.notation import SAMPLE_RATE, Part, PartNote
from trainer.render.sound.drawn import HELD, STRUCK, DrawnPlayer
from trainer.render.sound.effects import rotate, tremolo
from trainer.render.sound.singing import SINGERS, Singer, Syllable, sing
from trainer.render.sound.soundfonts import Voice

SECONDS = 4
N_SAMPLES = SECONDS * SAMPLE_RATE
TUNE = Part(
    tuple(PartNote(0.5 + i, 1.2 + i, pitch, 0.8) for i, pitch in enumerate((60, 64, 67))), "lead"
)


def loudest_near(sound: np.ndarray, note: np.void, reach: float = 0.4) -> float:
    """Semitones from a note's pitch to the strongest frequency within `reach` of it."""
    start = int(note["onset"]) + SAMPLE_RATE // 20
    piece = sound[start : start + SAMPLE_RATE // 2]
    power = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), 1 << 16))
    hertz = np.fft.rfftfreq(1 << 16, 1 / SAMPLE_RATE)
    with np.errstate(divide="ignore"):
        apart = 69 + 12 * np.log2(hertz / 440) - int(note["pitch"])
    near = np.abs(apart) < reach
    assert power[near].max() > 0.01 * power.max()
    return float(apart[near][np.argmax(power[near])])


@pytest.mark.parametrize("timbre", [STRUCK, HELD])
@pytest.mark.parametrize("seed", range(8))
def test_a_drawn_timbre_sounds_where_its_notes_are(timbre, seed):
    rng = np.random.default_rng(seed)
    sound, notes = DrawnPlayer().play(Voice(timbre, TUNE), N_SAMPLES, rng)
    assert sound.shape == (N_SAMPLES,) and np.isfinite(sound).all()
    assert notes["pitch"].tolist() == [60, 64, 67]
    assert np.abs(notes["onset"] / SAMPLE_RATE - [0.5, 1.5, 2.5]).max() < 0.04
    assert (notes["offset"] > notes["onset"]).all()
    assert np.abs(sound[: int(0.49 * SAMPLE_RATE)]).max() < 1e-3 * np.abs(sound).max()
    for note in notes[:1]:
        assert abs(loudest_near(sound, note)) < 0.15


def test_drawing_again_gives_another_instrument_and_the_same_seed_the_same():
    def play(seed):
        return DrawnPlayer().play(Voice(HELD, TUNE), N_SAMPLES, np.random.default_rng(seed))[0]

    assert np.array_equal(play(1), play(1))
    assert not np.allclose(play(1), play(2))


def vowel(steps: int = 60) -> Syllable:
    spectrum = np.tile(-np.linspace(0, 6, 257), (steps, 1))
    return Syllable(spectrum, np.ones(steps), (10, steps - 5))


PLAIN = Singer(
    vibrato_hz=5,
    vibrato_cents=0,
    vibrato_delay=0.2,
    scoop_share=0,
    glide=0.05,
    astray=0,
    slurred_share=0,
    hiss=0.001,
    breath=0.001,
    tilt=0,
)


def test_a_sung_tune_has_its_notes_at_their_pitches():
    rng = np.random.default_rng(3)
    voice = Voice(SINGERS[2], TUNE)
    sound, notes = sing(voice, [vowel()], PLAIN, N_SAMPLES, rng)
    assert notes["pitch"].tolist() == [60, 64, 67]
    assert np.abs(notes["onset"] / SAMPLE_RATE - [0.5, 1.5, 2.5]).max() < 0.05
    for note in notes:
        assert abs(loudest_near(sound, note)) < 0.35


def test_a_sung_note_ends_when_it_is_heard_no_more_or_when_the_next_begins():
    """Whoever annotates singing puts the end 60 ms or so after the voice stops, not before."""
    tune = (PartNote(0.5, 1.0, 60, 0.8), PartNote(1.6, 2.0, 62, 0.8), PartNote(2.02, 2.6, 60, 0.8))
    voice = Voice(SINGERS[2], Part(tune, "lead"))
    notes = sing(voice, [vowel()], PLAIN, N_SAMPLES, np.random.default_rng(4))[1]
    assert notes["offset"][0] / SAMPLE_RATE == pytest.approx(1.06, abs=0.006)
    assert notes["offset"][1] == notes["onset"][2]


def test_nobody_sings_ten_notes_a_second():
    run = Part(tuple(PartNote(i / 10, (i + 1) / 10, 60 + i % 5, 0.8) for i in range(30)), "lead")
    voice = Voice(SINGERS[0], run)
    notes = sing(voice, [vowel()], PLAIN, N_SAMPLES, np.random.default_rng(1))[1]
    assert 10 < len(notes) < 22
    assert np.diff(notes["onset"]).min() > 0.1 * SAMPLE_RATE


@pytest.mark.parametrize("effect", [tremolo, rotate])
def test_an_effect_swings_the_level_and_moves_nothing(effect):
    tone = np.sin(2 * np.pi * 440 * np.arange(N_SAMPLES) / SAMPLE_RATE).astype(np.float32)
    tone[:SAMPLE_RATE] = 0
    swung = effect(tone, np.random.default_rng(2))
    assert swung.shape == tone.shape
    level = np.abs(swung[SAMPLE_RATE + 400 :]).reshape(-1)[: 2 * SAMPLE_RATE].reshape(-1, 160)
    peaks = level.max(axis=1)
    assert peaks.min() < 0.95 * peaks.max()
    assert np.abs(swung[: SAMPLE_RATE - 10]).max() == 0
    first = np.flatnonzero(np.abs(swung) > 0.02)[0]
    assert abs(first - SAMPLE_RATE) < 0.012 * SAMPLE_RATE
