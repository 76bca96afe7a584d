"""`jtm evaluate` gives the figures of notes that `jtm transcribe` writes, by plain definitions.

The definitions are written here a second time, on the CSV files of `jtm transcribe`: every figure
that the literature prints, and those of `emitted_s`.
"""

import csv
import json
from pathlib import Path

import mir_eval
import numpy as np
import pytest
import soundfile as sf

import jtm
from realtime.values.notes import Note
from trainer.evaluation.figures import score
from trainer.evaluation.recording import ScoredRecording

RATE = 22_050
NOTES = [(0.4, 0.9, 60, 70), (1.0, 1.6, 64, 90), (1.0, 1.7, 67, 60), (2.0, 3.2, 72, 100)]
MATCH = mir_eval.transcription.match_notes


def intervals(notes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    times = notes[:, :2].copy()
    times[:, 1] = np.maximum(times[:, 1], times[:, 0] + 0.001)
    return times, 440 * 2 ** ((notes[:, 2] - 69) / 12)


def f1(hits: int, true: int, found: int) -> float:
    precision, recall = hits / found, hits / true
    return 2 * precision * recall / (precision + recall) if hits else 0.0


def roll(notes: np.ndarray, frames: int) -> np.ndarray:
    sounding = np.zeros((128, frames), bool)
    for onset, offset, pitch, *_ in notes:
        first = max(0, round(float(onset) / 0.01))
        sounding[int(pitch), first : max(first + 1, round(float(offset) / 0.01))] = True
    return sounding


def plain_figures(true: np.ndarray, found: np.ndarray, tolerance: float) -> dict[str, float]:
    """(n, 4 or 5) of onset, offset, pitch, velocity and emission -> figures."""
    sides = (*intervals(true), *intervals(found))
    onsets = MATCH(*sides, onset_tolerance=tolerance, offset_ratio=None)
    whole = MATCH(*sides, onset_tolerance=tolerance, offset_ratio=0.2)
    wide = MATCH(*sides, onset_tolerance=0.25, offset_ratio=None)
    error = float(np.median([found[j, 0] - true[i, 0] for i, j in wide]))
    moved = sides[2] - error + 10
    aligned = MATCH(
        sides[0] + 10, sides[1], moved, sides[3], onset_tolerance=tolerance, offset_ratio=None
    )
    delays = np.array([found[j, 4] - true[i, 0] for i, j in onsets])
    frames = int(1 + max(true[:, 1].max(), found[:, 1].max()) / 0.01) + 2
    sounds, heard = roll(true, frames), roll(found, frames)
    sizes = (len(true), len(found))
    velocity = mir_eval.transcription_velocity.precision_recall_f1_overlap
    voices = (*sides[:2], true[:, 3], *sides[2:], found[:, 3])
    return {
        "onset_precision": len(onsets) / len(found),
        "onset_recall": len(onsets) / len(true),
        "onset_f1": f1(len(onsets), *sizes),
        "offset_f1": f1(len(whole), *sizes),
        "velocity_f1": velocity(*voices, onset_tolerance=tolerance, offset_ratio=None)[2],
        "offset_velocity_f1": velocity(*voices, onset_tolerance=tolerance)[2],
        "frame_f1": f1(int((sounds & heard).sum()), int(sounds.sum()), int(heard.sum())),
        "aligned_f1": f1(len(aligned), *sizes),
        "onset_error_ms": 1000 * error,
        "live_f1": f1(int((delays <= 0.06).sum()), *sizes),
        "delay_ms": 1000 * float(np.median(delays)),
        "delay_p95_ms": 1000 * float(np.percentile(delays, 95)),
    }


@pytest.mark.parametrize("seed", range(5))
def test_figures_of_any_notes_are_those_of_the_plain_definitions(seed, tmp_path):
    rng = np.random.default_rng(seed)
    onsets = np.sort(rng.uniform(0.1, 9, 40))
    lengths, pitches = rng.uniform(0.05, 1, 40), rng.integers(50, 62, 40)
    true = np.stack([onsets, onsets + lengths, pitches, rng.integers(20, 120, 40)], 1)
    found = true[rng.random(40) < 0.8].copy()
    found[:, 0] += rng.normal(0.01, 0.04, len(found))
    found[:, 1] = found[:, 0] + rng.uniform(0.05, 1, len(found))
    found[:, 2] += rng.random(len(found)) < 0.2
    found[:, 3] = np.clip(found[:, 3] + rng.normal(0, 15, len(found)), 1, 127).round()
    left = found[:, 0] + rng.uniform(0.02, 0.1, len(found))
    found = np.column_stack([found, left])
    notes = [Note(a, b, int(c), int(d), e) for a, b, c, d, e in found]
    for tolerance in (0.05, 0.1):
        one = ScoredRecording("a", "g", tmp_path, true, 10.5, tolerance)
        wanted = plain_figures(true, found, tolerance)
        figures = score(one, notes)
        assert {name: figures[name] for name in wanted} == pytest.approx(wanted, abs=1e-9)


def tones(path: Path, seconds: float) -> Path:
    """Struck tones that a model hears, the last one still sounding at the end."""
    time = np.arange(int(seconds * RATE)) / RATE
    sound = np.zeros(len(time))
    for onset, offset, pitch, velocity in NOTES:
        age = time - onset
        wave = sum(
            np.sin(2 * np.pi * h * 440 * 2 ** ((pitch - 69) / 12) * age) / h for h in range(1, 7)
        )
        gate = np.clip(age / 0.003, 0, 1) * np.clip((offset - time) / 0.02, 0, 1)
        sound += velocity / 1000 * wave * gate * np.exp(-2 * np.clip(age, 0, None))
    sf.write(path, np.stack([sound, 0.8 * sound], 1), RATE, subtype="PCM_16")
    return path


def test_the_command_scores_what_transcribe_writes(tmp_path, capsys):
    seconds = 2.6
    tones(tmp_path / "a.wav", seconds)
    rows = "".join(f"{a};{b};{c};{d}\n".replace(".", ",") for a, b, c, d in NOTES)
    (tmp_path / "a.csv").write_text("onset;offset;pitch;velocity\n" + rows)
    manifest = tmp_path / "manifest.csv"
    head = "\ufeffid;group;file;truth;onset_tolerance_s\n"
    manifest.write_text(head + "a;soft;a.wav;a.csv;0,1\nn;negative;a.wav;;\n", encoding="utf-8")
    assert jtm.main(["transcribe", str(tmp_path / "a.wav"), f"--out-dir={tmp_path / 'out'}"]) == 0
    with (tmp_path / "out" / "a.csv").open(newline="") as file:
        found = np.array([[float(cell) for cell in row.values()] for row in csv.DictReader(file)])
    assert len(found) >= 3, "the model hears these tones"
    true = np.array(NOTES, float)
    true[:, 1] = np.minimum(true[:, 1], seconds)
    wanted = plain_figures(true, found[found[:, 0] < seconds], 0.1)
    capsys.readouterr()
    table = tmp_path / "all.csv"
    words = ["evaluate", str(manifest), "--json", "--workers=1", f"--csv={table}"]
    assert jtm.main(words) == 0
    told = json.loads(capsys.readouterr().out)
    figures = told["recordings"]["40ms"]["a"]
    assert {name: figures[name] for name in wanted} == pytest.approx(wanted, abs=1e-3)
    assert told["40ms"]["soft"]["onset_f1"] == figures["onset_f1"]
    minute = 60 * len(found[found[:, 0] < seconds]) / seconds
    assert told["40ms"]["items"]["false_per_minute"] == pytest.approx(minute, rel=1e-3)
    with table.open(newline="") as file:
        written = {(row["view"], row["id"]): row for row in csv.DictReader(file)}
    assert float(written["40ms", "a"]["onset_f1"]) == pytest.approx(figures["onset_f1"], abs=1e-6)
    assert written["refine", "a"]["live_f1"] == ""
