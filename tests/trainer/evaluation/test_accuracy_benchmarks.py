"""The benchmarks of accuracy: reasons for mistakes, systems side by side, cells of ablations."""

import shlex
import sys

import numpy as np
import pytest
import soundfile

from benchmarks import ablations, accuracy
from benchmarks.notes.errors import judge
from realtime.commands.options import parse_options
from realtime.troubles.errors import UserError
from realtime.values.notes import Note
from trainer.evaluation.manifest import read_manifest
from trainer.evaluation.recording import ScoredRecording
from trainer.finetuning.run import TrainCommand
from trainer.render.settings import RenderSettings


def test_every_mistake_gets_its_reason(tmp_path):
    truth = [
        [1.0, 1.5, 60, 80],
        [2.0, 2.5, 64, 80],
        [3.0, 5.0, 67, 80],
        [3.5, 4.0, 67, 80],
        [6.0, 6.5, 72, 80],
        [8.0, 8.5, 50, 80],
    ]
    found = [(1.01, 1.5, 60), (2.1, 2.5, 64), (3.0, 5.0, 67), (6.0, 6.5, 60), (7.0, 7.1, 30)]
    notes = [Note(onset, offset, pitch, 80, onset) for onset, offset, pitch in found]
    recording = ScoredRecording("one", "piano", tmp_path, np.array(truth, float), 9.0)
    verdict = judge(recording, notes)
    assert verdict.missed == ["", "time", "", "repeat", "overtone", "nothing"]
    assert verdict.extra == ["", "time", "", "overtone", "nothing"]
    assert verdict.late_ms == pytest.approx([10, 0])


@pytest.fixture
def recordings(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros(32_000), 16_000)
    (tmp_path / "a.csv").write_text("onset_s,offset_s,midi_pitch,velocity\n0.5,1.0,69,-1\n")
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("id,group,file,truth\nx,tones,a.wav,a.csv\n")
    return read_manifest(manifest)


def test_systems_are_called_one_by_one_or_at_once_or_read_from_a_folder(recordings, tmp_path):
    rows = "onset_s,offset_s,midi_pitch\n0.5,1.0,69\n"
    write = f"import sys; [open(p, 'w').write({rows!r}) for p in "
    single = f"{sys.executable} -c {shlex.quote(write + '[sys.argv[2]]]')} {{input}} {{csv}}"
    lines = "[line.strip().split(chr(9))[1] for line in open(sys.argv[1])]]"
    batch = f"{sys.executable} -c {shlex.quote(write + lines)} {{list}}"
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "x.csv").write_text(rows)
    tables = {
        name: accuracy.run_system(command, recordings)
        for name, command in (("single", single), ("batch", batch), ("kept", str(kept)))
    }
    assert all(table["tones"]["onset_f1"] == 1.0 for table in tables.values())
    assert "live_f1" not in tables["kept"]["tones"], "no one knows when these notes left"
    assert accuracy.compare(tables).count("| 1.000 |") >= 3
    with pytest.raises(UserError, match=r"left no x\.csv"):
        accuracy.run_system(str(tmp_path), recordings)


def test_ours_is_heard_once_and_scored_for_every_look_ahead(recordings):
    tables = accuracy.score_ours("", recordings)
    assert list(tables) == [*(f"ours, {ms} ms" for ms in (10, 20, 30, 40, 80)), "ours, refined"]
    assert all(table["tones"]["items"] == 1 for table in tables.values())


@pytest.mark.parametrize("name", list(ablations.CELLS))
def test_every_cell_is_understood(name):
    cell = ablations.CELLS[name]
    words = ["--data", "[x]", *shlex.split(cell.options)]
    command = parse_options(TrainCommand, words, command="train", description="")
    assert (command == TrainCommand(data=["x"])) == (not cell.options)
    words = ["--out", "x", *shlex.split(cell.data)]
    rendered = parse_options(RenderSettings, words, command="render", description="")
    assert (rendered == RenderSettings("x")) == (not cell.data)


def test_the_table_of_ablations_is_held_against_the_base(tmp_path):
    row = dict.fromkeys(ablations.COLUMNS, "") | {"seed": "1", "valid_f1": "0.5"}
    row |= {"valid_ap": "0.6", "dev_ap": "0.6"}
    rows = [row | {"cell": "base", "dev_f1": "0.4"}, row | {"cell": "width_16", "dev_f1": "0.35"}]
    path = tmp_path / "ablations.csv"
    ablations.write_rows(path, rows)
    table = ablations.markdown(ablations.read_rows(path))
    assert "half the width everywhere" in table and "0.35 (-0.050)" in table
    with pytest.raises(UserError, match="base run"):
        ablations.markdown([])
