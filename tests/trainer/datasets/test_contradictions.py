"""Labels that contradict each other, or themselves, are told instead of one being chosen."""

import pytest

import jtm
from realtime.troubles.errors import UserError
from tests.support import corpus_trees as trees
from trainer.datasets.corpora import read_corpus
from trainer.evaluation.sets import open_set
from trainer.shards.health.recordings import examine


@pytest.mark.parametrize(
    ("midi", "table", "told"),
    [
        ([(0.1, 0.5, 60), (0.6, 0.8, 62)], "0.12,0.5,60\n0.61,0.82,62\n", ""),
        ([(0.1, 0.5, 60), (0.6, 0.8, 62)], "0.1,0.5,60\n", "2 and 1 notes"),
        ([(0.1, 0.5, 60), (0.6, 0.8, 62)], "0.1,0.5,60\n0.6,0.8,63\n", "pitch 62 and 63"),
        ([(0.1, 0.5, 60)], "0.2,0.5,60\n", "onset 0.1 and 0.2 of pitch 60"),
        ([(0.1, 0.5, 60)], "0.1,0.9,60\n", "offset 0.5 and 0.9 of pitch 60"),
        ([(0.1, 0.5, 60)], "la la la\n", ""),
    ],
)
@pytest.mark.parametrize("folders", [("", "", ""), ("sound/", "midi/", "tables/")])
def test_two_labels_of_one_recording_have_to_agree(folders, midi, table, told, tmp_path):
    sound, first, second = folders
    trees.write_tone(tmp_path / f"{sound}a.wav")
    trees.write_midi(tmp_path / f"{first}a.mid", midi)
    (tmp_path / second).mkdir(exist_ok=True)
    (tmp_path / f"{second}a.csv").write_text("onset,offset,pitch\n" * ("la" not in table) + table)
    (one,) = read_corpus(tmp_path, "pairs")
    if not told:
        assert [note.tolist()[:3] for note in one.read_notes()] == midi
        return
    with pytest.raises(UserError, match=f"different notes of one recording .*{told}"):
        one.read_notes()
    ((kind, _),) = [(fault.kind, fault.detail) for fault in examine(one).faults]
    assert kind == "unreadable label"


def test_a_note_with_two_ends_is_told_by_the_doctor_and_beside_scores(tmp_path, capsys):
    trees.write_tone(tmp_path / "a.wav")
    path = tmp_path / "a.csv"
    path.write_text("onset,offset,pitch\n0.1,0.5,60\n0.1,0.3,60\n0.1,0.5,64\n0.1,0.5,64\n")
    (one,) = read_corpus(tmp_path)
    ((kind, detail),) = [(fault.kind, fault.detail) for fault in examine(one).faults]
    assert kind == "notes twice" and examine(one).usable
    assert detail.startswith("1 begin twice at one moment with other ends (first: pitch 60 at 0.1")
    assert len(open_set(tmp_path)[0].notes) == 4
    assert jtm.main(["evaluate", str(tmp_path), "--workers=1", "--json"]) == 0
    assert "of the notes of 'a' 1 begin twice" in capsys.readouterr().err
    path.write_text("onset,offset,pitch,program\n0.1,0.5,60,40\n0.1,0.3,60,41\n")
    assert not examine(read_corpus(tmp_path)[0]).faults  # two players
