"""What a player recorded is cut, named and, where it is of no use, refused with a reason."""

import csv

import numpy as np
import pytest
import soundfile

from realtime.inference.onnx_model import OnnxModel
from realtime.teach.listening.cutting import cut
from realtime.teach.listening.pitch import estimate_pitch
from realtime.teach.listening.recordings import TaughtRecording, find_clipped, read_recording
from realtime.teach.listening.understanding import read_given, understand
from realtime.teach.music.material import cut_phrase
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from tests.realtime.teach.tones import RATE, one_after_another, pluck

SCALE = (60, 62, 64, 65, 67, 69, 71, 72)


@pytest.fixture(scope="module")
def model():
    return OnnxModel(with_features=True)


def recorded(audio, clipped=()):
    return TaughtRecording("mine.wav", audio, RATE, np.array(clipped, float))


def write(path, audio, rate=RATE):
    soundfile.write(path, audio, rate, subtype="FLOAT")
    return path


@pytest.mark.parametrize("pitch", [28.0, 45.3, 60.0, 71.6, 88.0])
def test_yin_measures_a_tone_within_ten_cents(pitch):
    found, clear = estimate_pitch(pluck(pitch, 0.1, partials=(1, 2, 3))[320:1600], RATE)
    assert abs(found - pitch) < 0.1 and clear > 0.9


def test_silence_has_no_pitch():
    assert estimate_pitch(np.zeros(1280, np.float32), RATE)[1] == 0.0


def test_notes_are_cut_where_they_begin():
    audio, starts = one_after_another([pluck(pitch) for pitch in SCALE])
    cuts = cut(audio, RATE)
    assert len(cuts) == len(SCALE)
    assert np.abs(np.array([one.start for one in cuts]) - starts).max() < 0.03


@pytest.mark.parametrize("cents", [0, -40, 35])
def test_a_scale_is_named_whatever_its_tuning(model, cents):
    audio, _ = one_after_another([pluck(pitch + cents / 100, 0.35) for pitch in SCALE])
    found = understand(model, [recorded(audio)], None)
    assert [note.pitch for note in found.notes] == list(SCALE)
    assert not any(note.reason for note in found.notes)
    assert abs(found.tuning_cents - cents) < 6
    assert len(found.shots) == len(SCALE) and len(found.noise) > 0.3 * RATE


def test_two_at_once_clipped_and_short_notes_are_named_as_such(model):
    good = [pluck(pitch) for pitch in SCALE]
    chord = pluck(61, 0.6) + pluck(68, 0.6) + pluck(64, 0.6)
    short = pluck(74, 0.05)
    audio, starts = one_after_another([*good, chord, short, pluck(76)])
    found = understand(model, [recorded(audio, [starts[-1] + 0.02])], None)
    reasons = {round(note.start, 1): note.reason for note in found.notes if note.reason}
    assert reasons[round(starts[-1], 1)] is Code.NOTE_CLIPPED
    assert reasons.get(round(starts[-3], 1)) in (
        Code.NOTE_DOUBLE, Code.NOTE_UNCLEAR, Code.NOTE_UNPITCHED,
    )  # fmt: skip
    assert len(found.shots) == len(SCALE)


def test_a_bars_own_partials_are_no_second_note_and_a_chord_of_bars_is(model):
    bar, pitches = (1, 3.9, 9.2), range(55, 80, 3)
    sounds = [pluck(pitch, 0.4, partials=bar) for pitch in pitches]
    sounds[4] = sounds[4] + pluck(70, 0.4, partials=bar) + pluck(72, 0.4)
    audio, _ = one_after_another(sounds)
    found = understand(model, [recorded(audio)], None).notes
    assert [note.reason for note in found] == 4 * [None] + [Code.NOTE_DOUBLE] + 4 * [None]
    good = [note.pitch for note in found if not note.reason]
    assert good == [pitch for pitch in pitches if pitch != pitches[4]]


def test_two_instruments_at_once_are_refused(model):
    """What is left of them are notes that were taken for one by chance."""
    lower = [pluck(pitch, 0.6) for pitch in SCALE]
    steps = (4, 3, 9, 5, 8, 3, 4, 9)
    upper = [
        pluck(pitch + step, 0.6, partials=range(1, 8), fall=2.0)
        for pitch, step in zip(SCALE, steps, strict=False)
    ]
    both = [one + other for one, other in zip(lower, upper, strict=False)]
    audio, _ = one_after_another(both)
    with pytest.raises(UserError, match="sound with another one; record one instrument alone"):
        understand(model, [recorded(audio)], None)


@pytest.mark.parametrize("partials", [(1, 2, 3, 4, 5), (1, 2, 3.93, 6.8)])
def test_a_scale_in_thirds_is_no_instrument(model, partials):
    both = [
        pluck(pitch, 0.7, 0.3, partials, fall=2.0) + pluck(pitch + 4, 0.7, 0.2, partials)
        for pitch in SCALE
    ]
    audio, _ = one_after_another(both)
    with pytest.raises(UserError, match="sound with another one; record one instrument alone"):
        understand(model, [recorded(audio)], None)


@pytest.mark.parametrize("mains, below_db", [(50, -6), (60, -20)])
def test_hum_of_the_mains_is_no_note_and_is_taken_out(model, tmp_path, mains, below_db):
    pitches = (43, 50, 55, *SCALE)
    audio, _ = one_after_another([pluck(pitch) for pitch in pitches])
    time = np.arange(len(audio)) / RATE
    drift = mains + 0.04
    hum = sum(np.sin(2 * np.pi * drift * n * time + n) / n for n in (1, 2, 3, 5))
    path = write(tmp_path / "hum.wav", audio + 0.3 * 10 ** (below_db / 20) * hum)
    recording = read_recording(path, RATE)
    assert recording.hum_hz == mains
    assert np.sqrt(np.mean((recording.audio - audio) ** 2)) < 0.03 * 10 ** (below_db / 20)
    found = understand(model, [recording], None)
    assert [note.pitch for note in found.notes] == list(pitches)
    assert not any(note.reason for note in found.notes)
    assert read_recording(write(tmp_path / "clean.wav", audio), RATE).hum_hz == 0


def test_a_deep_note_that_is_held_is_no_hum(tmp_path):
    notes = [pluck(pitch, 1.2, 0.3, fall=0.5) for pitch in (31, 35, 31, 36, 31, 38, 31)]
    audio, _ = one_after_another(notes, pause=0.1)
    assert read_recording(write(tmp_path / "bass.wav", audio), RATE).hum_hz == 0


@pytest.mark.parametrize("offset", [0.4, -0.2])
def test_an_offset_of_the_recording_is_no_sound(model, tmp_path, offset):
    audio, _ = one_after_another([pluck(pitch) for pitch in SCALE])
    wander = offset * (1 + 0.2 * np.sin(np.arange(len(audio)) / RATE))
    path = write(tmp_path / "dc.wav", 0.5 * audio + wander, RATE)
    found = understand(model, [read_recording(path, RATE)], None)
    assert [note.pitch for note in found.notes] == list(SCALE)
    assert not any(note.reason for note in found.notes)
    with pytest.raises(UserError, match="silent"):
        read_recording(write(tmp_path / "flat.wav", np.full(RATE, offset)), RATE)
    steady = np.full(1280, offset, np.float32)
    steady[::2] += 1e-4
    assert np.isfinite(estimate_pitch(steady, RATE)[1])


def test_notes_of_a_twentieth_of_a_second_are_too_short(model):
    audio, _ = one_after_another([pluck(pitch, 0.06) for pitch in SCALE], 0.05)
    with pytest.raises(UserError, match=r"too short: \d"):
        understand(model, [recorded(audio)], None)


def test_four_notes_are_too_few(model):
    audio, _ = one_after_another([pluck(pitch) for pitch in SCALE[:4]])
    with pytest.raises(UserError, match=r"At least 5 different notes.*are 4 \(4 of 4"):
        understand(model, [recorded(audio)], None)


def test_many_notes_on_few_pitches_are_too_few(model):
    audio, _ = one_after_another([pluck(pitch) for pitch in 3 * SCALE[:3]])
    with pytest.raises(UserError, match=r"At least 5 different.*are 3 \(9 of 9"):
        understand(model, [recorded(audio)], None)


def test_silence_and_telephone_sound_are_refused(tmp_path):
    with pytest.raises(UserError, match="silent"):
        read_recording(write(tmp_path / "silence.wav", np.zeros(RATE, np.float32)), RATE)
    with pytest.raises(UserError, match="as a telephone has"):
        read_recording(write(tmp_path / "phone.wav", pluck(60), 8000), RATE)


def test_cut_off_waves_are_found_and_full_ones_are_not():
    time = np.arange(RATE) / RATE
    wave = np.sin(2 * np.pi * 220 * time).astype(np.float32)
    assert len(find_clipped(np.clip(2 * wave, -1, 1))) > 100
    assert not len(find_clipped(wave))
    low = (0.95 * np.sin(2 * np.pi * 50 * time)).astype(np.float32)
    assert not len(find_clipped(low))


def given_notes(tmp_path, notes, name="notes.csv"):
    path = tmp_path / name
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("onset_s", "offset_s", "midi_pitch", "velocity"))
        writer.writerows((on, off, pitch, -1) for on, off, pitch in notes)
    return path


def tune(cents=0.0):
    pitches = (*SCALE, 71, 69)
    audio, starts = one_after_another([pluck(p + cents / 100, 0.25) for p in pitches], 0.02)
    return audio, [(s, s + 0.25, p) for s, p in zip(starts, pitches, strict=True)]


def test_written_notes_become_a_phrase_and_single_notes(model, tmp_path):
    audio, notes = tune()
    given = read_given(given_notes(tmp_path, notes))
    found = understand(model, [recorded(audio)], given)
    assert len(found.phrases) == 1 and len(found.phrases[0].notes) == len(notes)
    assert len(found.shots) == len(notes) and not found.retuned


def test_of_the_notes_of_a_whole_piece_those_count_that_were_recorded(model, tmp_path):
    audio, notes = tune()
    later = [(on + 60, off + 60, pitch) for on, off, pitch in notes]
    part = audio[: int((notes[7][0] + 0.1) * RATE)]
    given = read_given(given_notes(tmp_path, [*notes, *later]))
    (phrase,) = understand(model, [recorded(part)], given).phrases
    assert len(phrase.notes) == 8 and phrase.notes[:, 1].max() <= phrase.seconds(RATE)
    assert all(len(piece.audio) > RATE // 10 for piece in cut_phrase(phrase, RATE))


def test_a_piece_of_two_pitches_teaches_no_instrument(model, tmp_path):
    chord = pluck(71, 0.8) + pluck(74, 0.8)
    audio, starts = one_after_another([chord] * 5)
    notes = [(start, start + 0.8, pitch) for start in starts for pitch in (71, 74)]
    with pytest.raises(UserError, match="2 different pitches; at least 5"):
        understand(model, [recorded(audio)], read_given(given_notes(tmp_path, notes)))


def test_an_instrument_at_415_hz_is_brought_to_its_written_notes(model, tmp_path):
    audio, notes = tune(cents=-101.3)
    found = understand(model, [recorded(audio)], read_given(given_notes(tmp_path, notes)))
    assert found.retuned and abs(found.a4_hz - 415) < 1.5
    assert abs(estimate_pitch(found.shots[0].audio[800:2080], RATE)[0] - SCALE[0]) < 0.1


def test_a_note_played_wrong_is_silent_in_the_phrase_and_no_note_of_it(model, tmp_path):
    audio, notes = tune()
    played = audio.copy()
    onset, _, pitch = notes[3]
    played[int(onset * RATE) : int(onset * RATE) + int(0.25 * RATE)] = pluck(pitch + 2, 0.25)
    found = understand(model, [recorded(played)], read_given(given_notes(tmp_path, notes)))
    (phrase,) = found.phrases
    assert [note.reason for note in found.notes] == 3 * [None] + [Code.NOTE_OTHER] + 6 * [None]
    assert len(phrase.notes) == len(notes) - 1 and pitch not in phrase.notes[:5, 2]
    middle = int((onset + 0.1) * RATE)
    assert np.abs(phrase.audio[middle : middle + 800]).max() < 1e-6
    before = int((onset - 0.15) * RATE)
    assert np.array_equal(phrase.audio[before : before + 800], played[before : before + 800])


def test_notes_of_another_recording_are_refused(model, tmp_path):
    audio, notes = tune()
    wrong = [(on, off, pitch + 3 + 2 * (i % 3)) for i, (on, off, pitch) in enumerate(notes)]
    with pytest.raises(UserError, match="do not fit"):
        understand(model, [recorded(audio)], read_given(given_notes(tmp_path, wrong)))


@pytest.mark.parametrize(
    "text", ["", "onset_s,offset_s\n1,2\n", "onset_s,offset_s,midi_pitch\nx,y,z\n", "\0\1\2"]
)
def test_a_damaged_notes_file_is_refused_in_a_sentence(tmp_path, text):
    path = tmp_path / "notes.csv"
    path.write_text(text)
    with pytest.raises(UserError, match=r"notes\.csv"):
        read_given(path)
    midi = tmp_path / "notes.mid"
    midi.write_bytes(text.encode() or b"MThd")
    with pytest.raises(UserError, match=r"notes\.mid"):
        read_given(midi)


def test_a_midi_file_gives_the_same_notes(tmp_path):
    from realtime.files.note_files import Heading, write_midi
    from realtime.values.notes import Note

    notes = [Note(0.5 * i, 0.5 * i + 0.4, 60 + i, 80, 0.0) for i in range(9)]
    write_midi(notes, tmp_path / "notes.mid", Heading("x"))
    found = read_given(tmp_path / "notes.mid")
    wanted = np.array([[note.onset_s, note.offset_s, note.pitch] for note in notes])
    np.testing.assert_allclose(found, wanted, atol=2e-3)


@pytest.mark.parametrize(
    "lines",
    [
        ("\ufeffonset;offset;pitch", "{at},5;{at},9;{pitch}"),
        ("Onset (s),Duration (s),Note", "{at}.5,0.4,{name}"),
        ("", "{at}.5\t{at}.9\t{name}"),
        ("onset_s,offset_s,midi_pitch,velocity", "{at}.5,{at}.9,{pitch},"),
    ],
)
def test_notes_to_teach_from_are_read_as_labels_are(lines, tmp_path):
    header, row = lines
    names = ("C4", "Db4", "D4", "D#4", "E4", "F4", "F#4", "G4", "G#4")
    told = [row.format(at=i, pitch=60 + i, name=name) for i, name in enumerate(names)]
    path = tmp_path / "notes.txt"
    path.write_text("\n".join(filter(None, [header, *told])) + "\n", encoding="utf-8")
    wanted = [[i + 0.5, i + 0.9, 60 + i] for i in range(9)]
    np.testing.assert_allclose(read_given(path), wanted)
    path.write_text(path.read_text(encoding="utf-8").replace(told[3], "x"), encoding="utf-8")
    with pytest.raises(UserError, match=f"Row {4 + bool(header)} of"):
        read_given(path)
