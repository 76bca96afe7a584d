"""The shipped model hears what was played: a rendered piano clip with known notes."""

from pathlib import Path

import mir_eval
import numpy as np
import pytest
import soundfile

from realtime.files.note_files import read_csv
from realtime.inference.onnx_model import OnnxModel
from realtime.transcription.offline import transcribe
from realtime.values.notes import Note
from trainer.evaluation.scoring import hertz
from trainer.render.music.notation import SAMPLE_RATE, Part, PartNote
from trainer.render.sound.soundfonts import DEBIAN_SOUNDFONT, SoundFontPlayer, Voice
from trainer.render.sound.timbres import Timbre

DEMO = Path(__file__).resolve().parents[1] / "realtime" / "bundled"


def onset_f1(truth: list[tuple[float, float, int]], found: list[Note]) -> float:
    """F1 of onset (50 ms) and pitch."""
    intervals = np.array([[on, off] for on, off, _ in truth])
    estimated = np.array([[note.onset_s, note.offset_s] for note in found])
    return mir_eval.transcription.precision_recall_f1_overlap(
        intervals,
        hertz(np.array([pitch for *_, pitch in truth])),
        estimated,
        hertz(np.array([note.pitch for note in found])),
        offset_ratio=None,
    )[2]


def two_hand_piece() -> list[tuple[float, float, int]]:
    """A melody over broken chords, up to four notes at a time: (onset, offset, pitch)."""
    notes = []
    melody = [72, 74, 76, 77, 79, 76, 72, 74, 71, 72, 67, 69, 71, 72, 76, 72]
    for step, pitch in enumerate(melody):
        notes.append((0.3 + 0.4 * step, 0.3 + 0.4 * step + 0.36, pitch))
    for bar, chord in enumerate([(48, 55, 64), (53, 57, 60), (43, 55, 59), (48, 52, 55)]):
        for position, pitch in enumerate(chord):
            start = 0.3 + 1.6 * bar + 0.2 * position
            notes.append((start, start + 1.1, pitch))
    return sorted(notes)


@pytest.fixture(scope="module")
def model() -> OnnxModel:
    return OnnxModel()


def test_a_rendered_piano_piece_is_heard(model, tmp_path):
    truth = two_hand_piece()
    part = Part(tuple(PartNote(on, off, pitch, 0.65) for on, off, pitch in truth))
    piano = Timbre("FluidR3_GM:000", 0, "piano", 21, 108, 0)
    player = SoundFontPlayer([DEBIAN_SOUNDFONT])
    sound, _ = player.play(Voice(piano, part), int(8.5 * SAMPLE_RATE), np.random.default_rng(0))
    player.close()
    soundfile.write(tmp_path / "piece.wav", 0.3 * sound / np.abs(sound).max(), SAMPLE_RATE)
    found = transcribe(tmp_path / "piece.wav", model)
    assert onset_f1(truth, found) >= 0.8
    delays = [note.emitted_s - note.onset_s for note in found]
    assert max(delays) < 0.08


def test_the_bundled_performance_is_heard(model):
    truth = [(n.onset_s, n.offset_s, n.pitch) for n in read_csv(DEMO / "performance.csv")]
    found = transcribe(DEMO / "performance.flac", model)
    assert onset_f1(truth, found) >= 0.8


@pytest.mark.parametrize("kind", ["hum", "noise"])
def test_nothing_is_heard_where_nothing_is_played(model, tmp_path, kind):
    rng = np.random.default_rng(4)
    time = np.arange(8 * 16_000) / 16_000
    sound = {
        "hum": 0.003 * np.sin(2 * np.pi * 50 * time),
        "noise": 0.003 * rng.standard_normal(len(time)),
    }[kind]
    soundfile.write(tmp_path / "nothing.wav", sound, 16_000)
    assert transcribe(tmp_path / "nothing.wav", model) == []
