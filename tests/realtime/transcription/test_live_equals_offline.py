"""Invariant 3: the same samples, cut at any size, give the same events everywhere."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime.audio.sources import ArraySource, FileSource
from realtime.engine.engine import Engine
from realtime.inference.onnx_model import OnnxModel
from realtime.transcription.chain import Chain
from realtime.transcription.offline import run_chain, transcribe
from realtime.values.settings import EngineSettings
from tests.support.list_output import ListOutput
from tests.support.toy_model import melody

RATES = (16_000, 44_100, 48_000)


@pytest.mark.parametrize("rate", RATES)
def test_any_block_size_through_the_engine(rate, toy, melodies):
    offline = transcribe(melodies[rate], toy)
    assert len(offline) == 10
    for size in (1, 7, 160, 441, 1024, 4096):
        few = size < 100
        seconds = 0.3 if few else 3.0
        left = []
        sound = melody(rate)[: int(rate * seconds)]
        engine = Engine(toy, ArraySource(sound, rate), ListOutput(), on_events=left.extend)
        while engine.pull(size):
            pass
        if few:
            reference = Chain(toy, rate, EngineSettings())
            toy.reset()
            assert left == reference.process(sound) + reference.finish()
        else:
            from realtime.transcription.offline import notes_of

            assert notes_of(left, 0.01) == offline


@settings(max_examples=15)
@given(st.sampled_from(RATES), st.lists(st.integers(1, 4096), min_size=1, max_size=20))
def test_random_block_sizes(toy_path_for_hypothesis, rate, sizes):
    model = toy_path_for_hypothesis
    sound = melody(rate, 1.2, seed=4)
    model.reset()
    whole = Chain(model, rate, EngineSettings())
    expected = whole.process(sound) + whole.finish()
    model.reset()
    chain, position, index, found = Chain(model, rate, EngineSettings()), 0, 0, []
    while position < len(sound):
        size = sizes[index % len(sizes)] if index < 400 else 4096
        found += chain.process(sound[position : position + size])
        position += size
        index += 1
    assert found + chain.finish() == expected


@pytest.fixture(scope="module")
def toy_path_for_hypothesis(toy_path):
    return OnnxModel(toy_path)


def test_copies_at_other_rates_agree_within_a_frame(toy, melodies):
    notes = {rate: transcribe(melodies[rate], toy) for rate in RATES}
    reference = sorted((n.pitch, n.onset_s) for n in notes[16_000])
    for rate in (44_100, 48_000):
        others = sorted((n.pitch, n.onset_s) for n in notes[rate])
        assert [p for p, _ in others] == [p for p, _ in reference]
        worst = max(abs(a - b) for (_, a), (_, b) in zip(others, reference, strict=True))
        assert worst <= 0.0101


def test_notes_leave_when_the_look_ahead_says_so(toy, melodies):
    """Not a sample later than the hop's end, at any rate; at most one of the model's before."""
    for rate in (16_000, 44_100, 48_000):
        for note in transcribe(melodies[rate], toy):
            late = note.emitted_s - (note.onset_s + 0.01 + 0.04)
            assert -1 / 16_000 <= late <= 1e-9


def test_a_model_can_be_used_twice(toy, melodies):
    assert transcribe(melodies[44_100], toy) == transcribe(melodies[44_100], toy)


def test_eight_channels_at_192_kilohertz(toy, tmp_path):
    import soundfile

    sound = melody(192_000, 1.0)
    path = tmp_path / "eight.wav"
    soundfile.write(path, np.repeat(sound[:, np.newaxis], 8, axis=1), 192_000, "FLOAT")
    source = FileSource(path)
    assert source.channels == 8
    source.close()
    reference = tmp_path / "one.wav"
    soundfile.write(reference, sound, 192_000, "FLOAT")
    assert [n.pitch for n in transcribe(path, toy)] == [n.pitch for n in transcribe(reference, toy)]


def test_a_note_that_is_cut_by_the_end_is_kept_and_none_starts_after_it(toy):
    sound = melody(16_000, 3.0)[: int(16_000 * 2.55)]

    notes = run_chain(ArraySource(sound, 16_000), toy, EngineSettings())[1]
    assert max(note.onset_s for note in notes) < 2.55
    assert all(note.offset_s <= 2.7 for note in notes)
