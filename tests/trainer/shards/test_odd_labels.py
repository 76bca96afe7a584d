"""Labels that can be read and mean nothing: the doctor names them, and no index holds them."""

import numpy as np
import pytest

import jtm
from tests.support import corpus_trees as trees
from tests.support.tiny_music import write_tiny_shards
from trainer.shards.format import NOTE_DTYPE, Clip
from trainer.shards.health.clips import clip_faults
from trainer.shards.shards import Shards
from trainer.shards.writing import write_shard


@pytest.mark.parametrize(
    "row",
    ["nan,2,60,80", "0.1,nan,60,80", "0.1,0.2,60,-5"],
)
def test_notes_that_are_no_numbers_are_bad_labels_and_not_indexed(row, tmp_path, capsys):
    for name, more in (("good", ""), ("odd", row)):
        trees.write_tone(tmp_path / f"{name}.wav", pitch=60 + len(name))
        rows = f"onset_s,offset_s,midi_pitch,velocity\n{more}\n0.3,0.4,62,64"
        (tmp_path / f"{name}.csv").write_text(rows)
    words = [str(tmp_path), "--workers=1", "--corpus=pairs"]
    assert jtm.main(["data", "doctor", *words]) == 1
    onset, offset, pitch, velocity = row.split(",")
    first = f"onset {onset} s, offset {offset} s, pitch {pitch}, velocity {velocity}, program -1"
    assert f"odd: bad label: 1 impossible notes (first: {first})\n" in capsys.readouterr().out
    out = tmp_path / "shards"
    assert jtm.main(["data", "index", *words, f"--out={out}", "--max-bad-percent=60"]) == 0
    assert "1 skipped (faults: bad label 1)" in capsys.readouterr().out
    shards = Shards(out)
    assert len(shards) == 1 and shards.notes(0)["velocity"] == pytest.approx(64 / 127)


def test_velocities_and_programs_of_shards_are_looked_at(tmp_path):
    tables = [np.array([(0, 0, 400, 60, 0.5, 0)], NOTE_DTYPE) for _ in range(4)]
    tables[0]["velocity"], tables[1]["velocity"], tables[2]["program"] = -3, 80, 128
    tables[3]["velocity"] = np.nan  # unknown, which is no fault
    clips = [Clip(f"clip{i}", 0, 0, "", "", (), "music") for i in range(4)]
    write_shard(tmp_path, 0, [np.full(800, 100, np.int16)] * 4, tables, clips)
    faults = clip_faults(Shards(tmp_path))
    assert [(fault.id, fault.kind) for fault in faults] == [
        (f"clip{i}", "bad label") for i in range(3)
    ]


def test_shards_have_no_splits(tmp_path, capsys):
    write_tiny_shards(tmp_path, clips=2)
    assert jtm.main(["data", "doctor", str(tmp_path), "--split=official:train"]) == 2
    assert "leave --split out" in capsys.readouterr().err
