"""Labels and sound agree: to the sample for both engines, and one note per pitch at a time."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.tiny_corpus import make_tone, write_samples
from trainer.render.music.notation import SAMPLE_RATE, Part, PartNote
from trainer.render.sound.one_shots import LONGEST, SOURCE_RATE, OneShots, write_out_loop
from trainer.render.sound.sampler import UNDAMPED, UNDAMPED_FALL, Sampler, damper_fall
from trainer.render.sound.soundfonts import DEBIAN_SOUNDFONT, GRID, SoundFontPlayer, Voice
from trainer.render.sound.timbres import Timbre
from trainer.shards.format import empty_notes
from trainer.shards.note_tables import LATEST_ONSET, merge_notes, perceptual_delay

has_soundfont = pytest.mark.skipif(not DEBIAN_SOUNDFONT.exists(), reason="no FluidR3_GM.sf2")
N = 3 * SAMPLE_RATE


def first_sound(audio, share=0.02):
    return int(np.argmax(np.abs(audio) > share * np.abs(audio).max()))


@pytest.fixture(scope="module")
def sampler(tmp_path_factory):
    shots = OneShots(write_samples(tmp_path_factory.mktemp("samples")), "train")
    return Sampler(shots), {timbre.id: timbre for timbre in shots.timbres}


@pytest.fixture(scope="module")
def player():
    player = SoundFontPlayer([DEBIAN_SOUNDFONT])
    yield player
    player.close()


def test_a_sampled_note_starts_where_its_label_says(sampler):
    engine, timbres = sampler
    for onset in (0.25, 0.731, 1.40007):
        part = Part((PartNote(onset, onset + 0.5, 61, 0.8),))
        audio, notes = engine.play(
            Voice(timbres["one-shot:guitar_toy"], part), N, np.random.default_rng(0)
        )
        assert first_sound(audio) == pytest.approx(round(onset * SAMPLE_RATE), abs=2)
        delay = perceptual_delay(0.004 * SAMPLE_RATE)
        assert abs(int(notes["onset"][0]) - round(onset * SAMPLE_RATE) - delay) <= 3
        assert (notes["pitch"][0], notes["program"][0]) == (61, 24)


def test_a_decaying_sound_is_not_labelled_longer_than_it_sounds(sampler):
    engine, timbres = sampler
    part = Part((PartNote(0.1, 2.9, 60, 0.8),))
    _, notes = engine.play(Voice(timbres["one-shot:piano_toy"], part), N, np.random.default_rng(0))
    forty_db = 0.25 * np.log(100)
    assert (notes["offset"][0] - notes["onset"][0]) / SAMPLE_RATE == pytest.approx(
        forty_db, abs=0.05
    )


def test_a_slow_damper_prolongs_the_sound_and_not_its_label(sampler):
    engine, timbres = sampler
    part = Part((PartNote(0.5, 0.7, 61, 0.8),))
    lengths, labels = [], []
    for damping in (0.0, 0.08):
        voice = Voice(timbres["one-shot:guitar_toy"], part, damping=damping)
        audio, notes = engine.play(voice, N, np.random.default_rng(0))
        lengths.append(int(np.flatnonzero(np.abs(audio))[-1]))
        labels.append(notes)
    assert lengths[1] - lengths[0] == pytest.approx(0.08 * SAMPLE_RATE, abs=0.002 * SAMPLE_RATE)
    assert np.array_equal(*labels)


@pytest.mark.parametrize(("pitch", "seconds"), [(60, 0.3), (36, 0.6), (84, 0.15)])
def test_a_string_dies_away_under_its_damper_from_the_labelled_end_on(sampler, pitch, seconds):
    engine, timbres = sampler
    steady = replace(timbres["one-shot:flute_toy"], family="piano")
    voice = Voice(steady, Part((PartNote(0.5, 1.2, pitch, 0.8),)), damper_fall=0.3)
    audio, notes = engine.play(voice, N, np.random.default_rng(0))
    end = int(notes["offset"][0])
    assert end == round(1.2 * SAMPLE_RATE)
    held = np.std(audio[end - 800 : end])
    for part in (0.25, 0.5):
        after = np.std(audio[end + int(part * seconds * SAMPLE_RATE) - 200 :][:400])
        assert 20 * np.log10(held / after) == pytest.approx(60 * part, abs=3)


def test_the_highest_strings_of_a_piano_have_no_damper(sampler):
    piano = replace(sampler[1]["one-shot:piano_toy"], family="piano")
    voice = Voice(piano, Part(()), damper_fall=0.3)
    assert damper_fall(voice, UNDAMPED) == UNDAMPED_FALL > damper_fall(voice, UNDAMPED - 1)
    assert damper_fall(Voice(piano, Part(())), UNDAMPED - 1) == 0


@has_soundfont
def test_a_slow_damper_lets_a_repeated_key_speak(player):
    piano = Timbre("soundfont:0", 0, "piano", 21, 108, 0)
    part = Part((PartNote(0.2, 0.5, 60, 0.9), PartNote(0.52, 1.2, 60, 0.9)))
    audio, _ = player.play(Voice(piano, part, damping=0.09), N, np.random.default_rng(0))
    loudness = [np.abs(audio[int(t * SAMPLE_RATE) :][:1600]).max() for t in (0.22, 0.54, 1.0)]
    assert min(loudness) > 0.1 * max(loudness)


def test_a_blown_sound_lasts_as_long_as_its_key(sampler):
    engine, timbres = sampler
    part = Part((PartNote(0.1, 2.6, 60, 0.8),))
    audio, notes = engine.play(
        Voice(timbres["one-shot:flute_toy"], part), N, np.random.default_rng(0)
    )
    assert notes["offset"][0] == round(2.6 * SAMPLE_RATE)
    early, late = (np.std(audio[int(t * SAMPLE_RATE) :][:4000]) for t in (0.5, 2.2))
    assert 20 * np.log10(late / early) == pytest.approx(0, abs=2)


def test_loops_are_seamless():
    tone = make_tone(60, 1.0, True)
    loop = write_out_loop(tone, 3, 5.0)
    assert len(loop) == LONGEST
    frames = loop[4800 : 4800 + 300 * 480].reshape(-1, 480).std(axis=1)
    assert frames.min() > 0.8 * frames.max()
    assert np.abs(np.diff(loop)).max() < 1.1 * np.abs(np.diff(tone)).max()
    assert write_out_loop(tone[: SOURCE_RATE // 5], 3, 5.0) is None


@has_soundfont
def test_a_soundfont_note_starts_on_the_grid_and_the_label_knows(player):
    timbre = Timbre("toy", 13, "mallet", 60, 108, 0)
    attack, _ = player.measure(timbre, 84)
    for onset in (0.0, 0.3001, 1.2345):
        voice = Voice(timbre, Part((PartNote(onset, onset + 0.4, 84, 0.9),)))
        audio, notes = player.play(voice, N, np.random.default_rng(0))
        start = round(onset * SAMPLE_RATE / GRID) * GRID
        assert notes["onset"][0] == start + perceptual_delay(attack)
        # MQ resampling rings a few samples ahead of the attack.
        assert start - 24 <= first_sound(audio) <= start + 24
        assert np.abs(audio[: max(0, start - 64)]).max(initial=0) < 1e-5


@has_soundfont
def test_nothing_rings_over_from_the_clip_before(player):
    organ = Timbre("toy", 16, "organ", 36, 96, 0)
    long = Voice(organ, Part((PartNote(0.0, 2.9, 60, 1.0),)))
    short = Voice(organ, Part((PartNote(2.0, 2.5, 72, 1.0),)))
    alone, _ = player.play(short, N, np.random.default_rng(0))
    player.play(long, N, np.random.default_rng(0))
    after, _ = player.play(short, N, np.random.default_rng(0))
    assert np.array_equal(alone, after)
    assert np.abs(after[:30_000]).max() < 1e-5


def test_slow_attacks_are_labelled_35_ms_late_at_most():
    assert perceptual_delay(0) == 0
    assert perceptual_delay(SAMPLE_RATE) == LATEST_ONSET == 0.035 * SAMPLE_RATE


def test_no_pitch_sounds_twice_at_once():
    rng = np.random.default_rng(1)
    for _ in range(20):
        tables = []
        for _ in range(3):
            rows = empty_notes(60)
            rows["onset"] = rng.integers(-500, N + 500, 60)
            rows["offset"] = rows["onset"] + rng.integers(0, SAMPLE_RATE, 60)
            rows["pitch"] = rng.integers(60, 66, 60)
            tables.append(rows)
        merged = np.sort(merge_notes(tables, N), order=["pitch", "onset"])
        same = merged["pitch"][1:] == merged["pitch"][:-1]
        assert (merged["offset"] > merged["onset"]).all()
        assert (merged["onset"][1:][same] >= merged["offset"][:-1][same]).all()
        assert merged["onset"].min() >= 0
        assert merged["offset"].max() <= N


def test_a_unison_is_one_note_and_a_covered_note_sounds_on():
    rows = empty_notes(3)
    rows["pitch"] = 60
    rows["onset"], rows["offset"] = (1000, 1100, 8000), (20_000, 5000, 9000)
    merged = merge_notes([rows], N)
    assert merged["onset"].tolist() == [1000, 8000]
    assert merged["offset"].tolist() == [8000, 20_000]
