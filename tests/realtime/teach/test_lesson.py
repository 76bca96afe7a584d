"""A whole lesson through the command: it helps, it refuses, and it leaves nothing half done."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

import jtm
from realtime.inference import instruments
from realtime.inference.instruments import BUNDLED, hash_of
from realtime.inference.model_file import open_model_file
from realtime.inference.onnx_file import read_weights
from realtime.inference.onnx_model import OnnxModel
from realtime.inference.spec import HEAD_TENSORS
from realtime.teach.examples import FOLDS
from realtime.teach.judging.choosing import LessonVerdict
from realtime.teach.judging.scores import Counts
from realtime.teach.lesson import LessonResult
from realtime.teach.music.band import Band, OneShot
from realtime.teach.music.replay import read_replay
from tests.realtime.teach.tones import RATE, one_after_another, pluck

BAR = (1, 2.76, 5.4, 8.9)
"""Partials of a metal bar, which is no string."""
PITCHES = range(60, 78, 2)


@pytest.fixture
def home(tmp_path, monkeypatch):
    folder = tmp_path / "instruments"
    monkeypatch.setattr(instruments, "instruments_folder", lambda: folder)
    return folder


def record(path, pitches=PITCHES, partials=BAR):
    audio, starts = one_after_another([pluck(p, 0.5, partials=partials) for p in pitches])
    soundfile.write(path, audio, RATE)
    return path, starts


def bad(capsys, *words, code=1):
    assert jtm.main(["teach", *map(str, words)]) == code
    said = capsys.readouterr().err.strip()
    assert said.startswith("jtm teach: ") and "\n" not in said
    return said


def test_bad_input_is_one_sentence_and_nothing_is_left(tmp_path, home, capsys):
    scale, _ = record(tmp_path / "scale.wav")
    silence = tmp_path / "silence.wav"
    soundfile.write(silence, np.zeros(RATE), RATE)
    assert "silent" in bad(capsys, "bars", silence)
    assert "cannot be called" in bad(capsys, "../bars", scale)
    ours = open_model_file(None).spec.name
    for name in (ours, ours.upper()):  # which `--model` of that name would be taken for
        assert "the program's own model" in bad(capsys, name, scale)
    with pytest.raises(SystemExit) as stopped:
        jtm.main(["teach", "bars", str(scale), "--minutes", "0"])
    assert stopped.value.code == 2 and "0.25 to 60" in capsys.readouterr().err
    assert "is read by this command" in bad(capsys, "bars", scale, "--out", scale, "--overwrite")
    assert "No such sound file" in bad(capsys, "bars", tmp_path / "none.wav")
    four, _ = record(tmp_path / "four.wav", list(PITCHES)[:4])
    assert "At least 5" in bad(capsys, "bars", four)
    there = home / "bars.instrument"
    there.parent.mkdir(exist_ok=True)
    there.write_bytes(b"mine")
    assert "--overwrite" in bad(capsys, "bars", scale)
    assert there.read_bytes() == b"mine" and list(home.iterdir()) == [there]


def test_a_full_disk_is_said_before_minutes_are_spent(tmp_path, home, capsys):
    scale, _ = record(tmp_path / "scale.wav")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        said = bad(capsys, "bars", scale)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert "Cannot write" in said and not list(home.glob("*.instrument"))


def test_a_disk_that_fills_up_at_the_end_leaves_the_instrument_of_before(
    tmp_path, home, capsys, monkeypatch
):
    scale, _ = record(tmp_path / "scale.wav")
    home.mkdir()
    files = {home / "bars.instrument": b"taught before", home / "bars.svg": b"<svg/>"}
    for path, content in files.items():
        path.write_bytes(content)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    def learn_at_once(model, understood, settings, on_progress):
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, limits[1]))
        opened = open_model_file(None)
        counts = Counts(10, 10, 8, 6)
        weights = read_weights(opened.content, HEAD_TENSORS)
        same = (counts,) * 4
        return LessonResult(LessonVerdict.BETTER, hash_of(BUNDLED), *same, weights,
                      opened.spec.heads, opened.spec.refine, 1.0)  # fmt: skip

    monkeypatch.setattr("realtime.teach.lesson.give_lesson", learn_at_once)
    try:
        said = bad(capsys, "bars", scale, "--overwrite", "--json")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert "Cannot write" in said
    assert {path: path.read_bytes() for path in home.iterdir()} == files


def test_made_music_has_its_notes_where_it_says():
    shots = [OneShot(pluck(pitch), pitch, 0) for pitch in PITCHES]
    band = Band(shots, RATE, np.zeros(0, np.float32))
    ratios = []
    for seed in range(9):
        (piece,) = band.play(20, np.random.default_rng(seed))
        assert len(piece.notes) > 10 and np.abs(piece.audio).max() <= 1.1
        assert set(piece.notes[:, 2]) <= set(range(min(PITCHES) - 2, max(PITCHES) + 3))
        start = int(piece.notes[:, 0].min() * RATE)
        before = np.abs(piece.audio[: start - RATE // 100]).max(initial=1e-9)
        ratios.append(np.abs(piece.audio[start : start + RATE // 20]).max() / before)
    assert np.median(ratios) > 4  # the softest first notes lie near the hiss


def test_the_replay_set_is_small_and_whole():
    pieces = read_replay(RATE)
    folder = BUNDLED.parent
    assert sum(folder.joinpath(f"replay.{kind}").stat().st_size for kind in ("ogg", "csv")) < 10e6
    assert len(pieces) >= 12 and {piece.fold for piece in pieces} == set(range(FOLDS))
    for piece in pieces:
        assert len(piece.audio) == 20 * RATE
        assert not len(piece.notes) or piece.notes[:, 1].max() <= 20.01


@pytest.mark.slow
def test_a_taught_instrument_is_heard_better_and_known_by_name(tmp_path, home, capsys):
    scale, _ = record(tmp_path / "scale.wav")
    digest = hash_of(BUNDLED)
    assert jtm.main(["teach", "bars", str(scale), "--json", "--minutes", "1"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["after"]["onset_f1"] > figures["before"]["onset_f1"]
    lost = figures["others_before"]["onset_f1"] - figures["others_after"]["onset_f1"]
    assert lost <= 0.01 and hash_of(BUNDLED) == digest
    model = OnnxModel(instruments.find_model("bars"))
    assert model.instrument.card["pitches"] == list(PITCHES)
    assert Path(figures["file"]).stat().st_size < 100_000
    assert Path(figures["picture"]).read_text().count("<rect") > len(PITCHES)


@pytest.mark.slow
def test_a_killed_lesson_leaves_all_as_it_was(tmp_path):
    scale, _ = record(tmp_path / "scale.wav")
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data")}
    before = tmp_path / "data" / "jaka-to-melodia" / "instruments" / "bars.instrument"
    before.parent.mkdir(parents=True)
    before.write_bytes(b"taught before")
    command = [sys.executable, "jtm.py", "teach", "bars", str(scale), "--overwrite"]
    children = []
    until = time.monotonic() + 120
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as lesson:
        assert lesson.stdout.readline()
        while not children and time.monotonic() < until:
            time.sleep(0.2)
            text = Path(f"/proc/{lesson.pid}/task/{lesson.pid}/children").read_text()
            children = [int(word) for word in text.split()]
        lesson.kill()
    assert children and list(before.parent.iterdir()) == [before]
    assert before.read_bytes() == b"taught before"
    while (
        any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < until + 90
    ):
        time.sleep(0.5)
    assert not any(Path(f"/proc/{child}").exists() for child in children)
