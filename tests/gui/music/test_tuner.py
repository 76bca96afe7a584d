"""The tuner against sines through the bundled model, and when it must be silent."""

from dataclasses import replace

import numpy as np
import pytest

from gui.music.tuner import ENOUGH, SETTLE_S, Tuner, cents_text
from realtime.inference.onnx_model import OnnxModel
from realtime.transcription.cents import cents_of
from realtime.values.snapshot import RollNote, Snapshot

HOPS = 45


@pytest.fixture(scope="module")
def model() -> OnnxModel:
    return OnnxModel()


def column(model: OnnxModel, *partials: tuple[float, float]) -> tuple[float, ...]:
    """The spectrum after 0.45 s of sines given as (Hz, amplitude)."""
    seconds = np.arange(HOPS * 160) / 16_000
    sound = sum(a * np.sin(2 * np.pi * hertz * seconds) for hertz, a in partials)
    model.reset()
    for hop in np.split(sound.astype(np.float32), HOPS):
        heard = model.step(hop)
    return tuple(heard.spectrum.tolist())


def hertz(pitch: int, cents: float = 0.0) -> float:
    return 440 * 2 ** ((pitch - 69 + cents / 100) / 12)


@pytest.mark.parametrize("pitch", [28, 45, 57, 69, 84, 98])
def test_a_sine_is_read_within_three_cents(model, pitch):
    for cents in (-45, -8, 0, 21, 48):
        spectrum = column(model, (hertz(pitch, cents), 0.2))
        found = cents_of(spectrum, model.spec.spectrum_low, model.spec.spectrum_per_semitone, pitch)
        assert found == pytest.approx(cents, abs=3)


def test_a_missing_fundamental_is_read_from_its_octave(model):
    spectrum = column(model, (hertz(52, 13), 0.2), (hertz(59, 13), 0.1))
    assert cents_of(spectrum, model.spec.spectrum_low, 3, 40) == pytest.approx(13, abs=3)


def test_noise_silence_and_foreign_spectra_are_no_pitch(model):
    low = model.spec.spectrum_low
    assert cents_of(column(model, (hertz(69), 0.0)), low, 3, 69) is None
    noise = np.random.default_rng(1).normal(0, 0.02, 303)
    assert cents_of(tuple(noise), low, 3, 69) is None
    assert cents_of((), low, 3, 69) is None
    assert cents_of(column(model, (hertz(69), 0.2)), low, 0, 69) is None
    assert cents_of(column(model, (hertz(101), 0.2)), low, 3, 101) is None


def heard(tuner: Tuner, shown: Snapshot, pictures: int = ENOUGH):
    for index in range(pictures):
        reading = tuner.push(replace(shown, stream_s=shown.stream_s + 0.025 * index))
    return reading


def test_one_sure_note_is_read_and_chords_and_doubts_are_not(model):
    note = RollNote(1.0, None, 69, 80)
    shown = Snapshot(
        state="listening",
        stream_s=1.0 + SETTLE_S,
        notes=(note,),
        spectrum=column(model, (hertz(69, -17), 0.2)),
        spectrum_low=model.spec.spectrum_low,
        spectrum_per_semitone=model.spec.spectrum_per_semitone,
    )
    reading = heard(Tuner(), shown)
    assert (reading.pitch, reading.cents) == (69, pytest.approx(-17, abs=3))
    assert heard(Tuner(), shown, ENOUGH - 1) is None
    assert Tuner().push(replace(shown, stream_s=1.05)) is None
    for notes in (
        (),
        (note, RollNote(1.0, None, 73, 80)),
        (replace(note, certainty=0.4),),
        (replace(note, offset_s=1.1),),
    ):
        assert heard(Tuner(), replace(shown, notes=notes)) is None
    tuner = Tuner()
    heard(tuner, shown)
    other = replace(note, pitch=70, onset_s=1.2)
    assert tuner.push(replace(shown, stream_s=1.4, notes=(other,))) is None


def test_a_picture_that_stands_still_counts_once(model):
    shown = Snapshot(
        state="listening",
        stream_s=3.0,
        notes=(RollNote(1.0, None, 69, 80),),
        spectrum=column(model, (hertz(69), 0.2)),
        spectrum_low=model.spec.spectrum_low,
        spectrum_per_semitone=3,
    )
    tuner = Tuner()
    assert all(tuner.push(shown) is None for _ in range(2 * ENOUGH))


def test_cents_in_words():
    assert [cents_text(c) for c in (12.4, -3.6, 0.2)] == ["+12 ¢", "−4 ¢", "±0 ¢"]
